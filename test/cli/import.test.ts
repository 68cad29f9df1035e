import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, type Instant, later } from '../../lib/units/calendar.ts'
import {
  ACCOUNT,
  downloadOf,
  googleDownload,
  type ImportDesk,
  NOW,
  OF_ACCOUNT,
  openImportDesk,
  policyText,
  type Screen,
} from './import-desk.ts'

const clock = { now: NOW }
let desk: ImportDesk
beforeEach(async () => {
  clock.now = NOW
  desk = await openImportDesk(clock)
  desk.write('policy.yaml', policyText())
  desk.write('google.csv', googleDownload())
})
afterEach(() => desk.close())

const importing = (...more: readonly string[]) =>
  desk.sluice('import', 'google.csv', ...OF_ACCOUNT, '--zone', 'Europe/Berlin', ...more)

/** Everything that lies in the tables, except what the clock of an item's expiry adds. */
async function tables(): Promise<string> {
  const credentials = { accessKeyId: 'pretend', secretAccessKey: 'pretend' }
  const client = new DynamoDBClient({ endpoint: desk.engine.endpoint, region: 'us-east-1', credentials })
  const found = await Promise.all(
    ['control', 'facts', 'audit'].map((name) => client.send(new ScanCommand({ TableName: `sluice-import-${name}` }))),
  )
  client.destroy()
  return JSON.stringify(found.map(({ Items = [] }) => Items.map((item) => JSON.stringify(item)).toSorted()))
}

describe('import', () => {
  test('lets a plan be seen in shadow with no connection at all', async () => {
    await desk.sluice('policy', 'put', 'policy.yaml')
    const { code, out, err } = await importing()
    expect(code).toBe(0)
    // Four campaigns, forty days each; Google's own total is what its lines add up to.
    expect(out).toContain('160 lines, 4 campaigns, 2026-10-12 to 2026-11-20, spend 43238.00 EUR')
    expect(out).toContain('"Total: Campaigns" (line 164) says 43238.00 EUR, as its lines do')
    expect(out).toContain('ignored    CTR')
    expect(err).toContain('read-only')
    const plan = await desk.sluice('plan', '--json')
    expect(plan.code).toBe(2)
    const [made] = JSON.parse(plan.out).plans
    expect(made).toMatchObject({ mode: 'shadow' })
    expect(made.changes.length).toBeGreaterThan(0)
  })

  test('says what comes next: a policy where none names the account, then a plan', async () => {
    const { err } = await importing('--conversions', 'purchase|30c|0v|click')
    expect(err).toContain('Next: sluice policy put policy.yaml, with a policy in mode shadow that names it')
    await desk.sluice('policy', 'put', 'policy.yaml')
    expect((await importing()).err).toContain('nothing is ever pushed. Next: sluice plan\n')
  })

  test('the same file again changes nothing, not one item', async () => {
    await desk.sluice('policy', 'put', 'policy.yaml')
    await importing()
    const before = await tables()
    clock.now = later(NOW, HOUR_MS)
    const { out } = await importing()
    expect(out).toContain('All of it was known: nothing changed.')
    expect(await tables()).toBe(before)
  })

  test('--dry-run reports and stores nothing; --json tells the same', async () => {
    await desk.sluice('policy', 'put', 'policy.yaml')
    const before = await tables()
    const { code, out } = await importing('--dry-run', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      command: 'import',
      account: ACCOUNT,
      currency: 'EUR',
      campaigns: 4,
      spendMicros: '43238000000',
      stored: false,
      files: [{ lines: 160, ignored: ['CTR'], totals: [{ differenceMicros: '0' }] }],
    })
    expect(await tables()).toBe(before)
  })

  test('a file that is wrong anywhere leaves everything as it was, the good files beside it too', async () => {
    await desk.sluice('policy', 'put', 'policy.yaml')
    const before = await tables()
    desk.write('bad.csv', googleDownload({ days: 2 }).replace('"1,200"', '"1;200"'))
    const ended = await desk.sluice('import', 'google.csv', 'bad.csv', ...OF_ACCOUNT, '--zone', 'Europe/Berlin')
    expect(ended.code).toBe(1)
    expect(ended.err).toContain('bad.csv, line 4, column "Impr.": "1;200" is no whole number')
    expect(await tables()).toBe(before)
  })

  test('an older download adds days that are not known, and changes none', async () => {
    await desk.sluice('policy', 'put', 'policy.yaml')
    await importing()
    desk.write(
      'older.csv',
      googleDownload({ days: 60, through: '2026-11-18' }).replaceAll('300.00', '999.00'),
      later(NOW, -2 * DAY_MS),
    )
    const { out } = await desk.sluice('import', 'older.csv', ...OF_ACCOUNT, '--json')
    // From 20 September to 11 October, four campaigns.
    expect(JSON.parse(out)).toMatchObject({ daysChanged: 4 * 22, settingsChanged: false })
    const { out: plan } = await desk.sluice('plan', '--all')
    expect(plan).not.toContain('999')
  })

  test('asks for what no file tells: the account, its zone, the rule of its conversions', async () => {
    expect((await desk.sluice('import', 'google.csv')).err).toContain('add --account')
    expect((await desk.sluice('import', 'google.csv', '--account', ACCOUNT)).err).toContain('add --zone')
    expect((await importing()).err).toContain('no policy names google-ads:1234567890')
    expect((await importing('--conversions', 'purchase|30c|0v|click')).code).toBe(0)
    expect((await desk.sluice('import', 'google.csv', '--account', 'foo:1', '--zone', 'UTC')).err).toContain(
      'no downloads are known of platform "foo"',
    )
    expect((await importing('--dates', 'ymd')).err).toContain('It must be dmy or mdy')
    expect(
      (await desk.sluice('import', 'none.csv', '--account', ACCOUNT, '--conversions', 'purchase|30c|0v|click')).err,
    ).toContain('none.csv cannot be read: ENOENT')
  })
})

describe('an imported account is read-only', () => {
  const imported = async () => {
    await desk.sluice('policy', 'put', 'policy.yaml')
    await importing()
  }

  test.each(['approve', 'auto'])('mode %s is refused for it, and it is refused in that mode', async (mode) => {
    desk.write('pushing.yaml', policyText({ mode }))
    await imported()
    const put = await desk.sluice('policy', 'put', 'pushing.yaml')
    expect(put.code).toBe(3)
    expect(put.err).toContain(`mode ${mode} is refused: ${ACCOUNT} was imported from files, which is read-only`)
  })

  test('an account whose policy pushes is not imported', async () => {
    desk.write('pushing.yaml', policyText({ mode: 'auto' }))
    await desk.sluice('policy', 'put', 'pushing.yaml')
    const { code, err } = await importing()
    expect(code).toBe(3)
    expect(err).toContain('the policy of eu is in mode auto')
  })

  test('its plan is recorded in shadow, and nothing of it is reserved or sent', async () => {
    await imported()
    await desk.sluice('plan')
    const { out } = await desk.sluice('apply', '--json')
    expect(JSON.parse(out)).toMatchObject({ result: 'shadowed' })
    expect(await tables()).not.toContain('LEVER#')
  })

  test('turns leave it alone: there is nothing to read it with', async () => {
    await imported()
    const { code, out } = await desk.sluice('pull')
    expect(code).toBe(0)
    expect(out).toContain('imported from files')
    expect((await desk.sluice('run')).code).toBe(0)
  })

  test('one with a connection is not imported', async () => {
    await desk.sluice('policy', 'put', 'policy.yaml')
    desk.write(
      'connected.yaml',
      desk.config.replace('connections: []', 'connections: [{ account: "google-ads:*", secret: google }]'),
    )
    const { code, err } = await importing('--config', 'connected.yaml')
    expect(code).toBe(3)
    expect(err).toContain('has a connection')
  })
})

test('days of the flight that no file tells of are named, and the plan holds until they come', async () => {
  await desk.sluice('policy', 'put', 'policy.yaml')
  desk.write('google.csv', googleDownload({ days: 8 }))
  const { out } = await importing()
  expect(out).toContain('missing    2026-11-01 to 2026-11-12: no file tells of these days')
  expect(JSON.parse((await importing('--json')).out)).toMatchObject({
    missing: [{ from: '2026-11-01', to: '2026-11-12' }],
  })
  const { out: held } = await desk.sluice('plan', '--all')
  expect(held).toContain('spend of google-ads:1234567890 on 2026-11-01 to 2026-11-12 is not known: import it')
  expect(held).toContain('not known yet')
  expect(held).not.toContain('a day needed')
  expect(held).not.toContain('landing')
  const [plan] = JSON.parse((await desk.sluice('plan', '--json')).out).plans
  expect(plan).toMatchObject({ changes: [], pace: { status: 'unknown', landing: null, requiredPerDay: null } })
  const [{ pacing }] = JSON.parse((await desk.sluice('status', '--json')).out).portfolios
  expect(pacing).toBeNull()
  desk.write('rest.csv', googleDownload({ days: 12, through: '2026-11-12' }), later(NOW, -DAY_MS))
  expect((await desk.sluice('import', 'rest.csv', ...OF_ACCOUNT)).out).not.toContain('missing')
  const { out: again } = await desk.sluice('plan', '--all')
  expect(again).not.toContain('is not known')
  expect(again).toContain('a day needed')
})

test('a file of a part of the account is warned of, and days that are not kept are named', async () => {
  await desk.sluice('policy', 'put', 'policy.yaml')
  const part = googleDownload({ days: 100 })
    .split('\n')
    .filter((line) => !line.includes(',201,'))
    .join('\n')
  desk.write('part.csv', part)
  const { code, out, err } = await desk.sluice('import', 'part.csv', ...OF_ACCOUNT, '--zone', 'Europe/Berlin')
  expect(code).toBe(0)
  // A hundred days to 20 November, read on the 21st: those of the last ninety are kept, from 24 August.
  expect(out).toContain('left out   2026-08-13 to 2026-08-23: days are kept for 90 days')
  expect(err).toMatch(
    /part\.csv is a part of the account: "Total: Campaigns" \(line \d+\) says [\d.]+ EUR, and [\d.]+ EUR of it are of no line/,
  )
  const told = JSON.parse((await desk.sluice('import', 'part.csv', ...OF_ACCOUNT, '--json')).out)
  expect(told).toMatchObject({ uncovered: [{ file: 'part.csv' }], renamed: [] })
  expect(told.tooOld).toHaveLength(11)
})

test('downloads of days ago are stale: the plan holds until there is a new one', async () => {
  await desk.sluice('policy', 'put', 'policy.yaml')
  await importing()
  clock.now = later(NOW, 5 * HOUR_MS) as Instant
  expect((await desk.sluice('plan')).out).toContain('stale-data')
  desk.write('google.csv', googleDownload())
  await importing()
  expect((await desk.sluice('plan')).out).not.toContain('stale-data')
})

const uuid = (n: number): string => `e703eb9f-8eac-4eda-a9c7-deec3935222${n}`
const SCREENS: readonly Screen[] = [
  {
    account: 'meta:112233445566778',
    headings: [
      'Campaign ID',
      'Campaign name',
      'Campaign delivery',
      'Campaign budget',
      'Campaign budget type',
      'Day',
      'Currency',
      'Amount spent (EUR)',
      'Impressions',
      'Link clicks',
      'Purchases',
      'Purchases conversion value',
    ],
    active: 'active',
    idOf: (n) => `12021000000000000${n}`,
  },
  {
    account: 'tiktok:7012345678901234567',
    headings: [
      'Campaign ID',
      'Campaign name',
      'Primary status',
      'Campaign budget',
      'Campaign budget type',
      'By Day',
      'Currency',
      'Cost',
      'Impressions',
      'Clicks (destination)',
      'Complete payment',
      'Total complete payment value',
    ],
    active: 'Active',
    idOf: (n) => `179000000000000000${n}`,
  },
  {
    account: 'snapchat:e703eb9f-8eac-4eda-a9c7-deec39352200',
    headings: [
      'Campaign ID',
      'Campaign Name',
      'Campaign Status',
      'Campaign Daily Budget',
      'Campaign budget type',
      'Date',
      'Currency',
      'Amount Spent',
      'Paid Impressions',
      'Swipe Ups',
      'Purchases',
      'Purchases Value',
    ],
    active: 'ACTIVE',
    idOf: uuid,
  },
  {
    account: 'pinterest:549755885175',
    headings: [
      'Campaign ID',
      'Campaign name',
      'Campaign status',
      'Campaign budget',
      'Budget type',
      'Date',
      'Currency',
      'Spend in account currency',
      'Impressions',
      'Pin clicks',
      'Total conversions (Checkout)',
      'Total order value (Checkout)',
    ],
    active: 'Active',
    idOf: (n) => `62670000000${n}`,
  },
]

test.each(SCREENS)('a download of $account is planned for like one of Google Ads', async (screen) => {
  desk.write('policy.yaml', policyText({ account: screen.account }))
  desk.write('screen.csv', downloadOf(screen))
  await desk.sluice('policy', 'put', 'policy.yaml')
  const read = await desk.sluice('import', 'screen.csv', '--account', screen.account, '--zone', 'Europe/Berlin')
  expect(read.err).toContain('read-only')
  const { code, out } = await desk.sluice('plan', '--json')
  expect(code).toBe(2)
  expect(JSON.parse(out).plans[0].changes.length).toBeGreaterThan(0)
})
