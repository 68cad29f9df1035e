import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Finding } from '../../cli/commands/doctor-findings.ts'
import { failureFinding, healthFindings, pullFinding, rateFinding } from '../../cli/commands/doctor-findings.ts'
import type { ConnectionHealth } from '../../lib/model/connection-health.ts'
import { PlatformError } from '../../lib/model/failure.ts'
import { accountDate, DAY_MS, HOUR_MS, type Instant, instant, later } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'
import { GOOGLE_TWIN_CREDENTIALS } from '../../playground/platforms/google-ads/tokens.ts'
import { META_TWIN_CREDENTIALS } from '../../playground/platforms/meta/server.ts'
import { GOOGLE, META, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

const NOW = instant('2026-11-21T12:00:00Z')
const WANTED = { subject: 'meta:1', secret: 'meta', isPushed: true, now: NOW }
const HEALTHY: ConnectionHealth = {
  apiVersion: 'v25.0',
  token: { kind: 'lasts' },
  scopes: { granted: ['ads_management'], missing: [] },
  clock: { theirs: NOW, ours: NOW },
  limits: [{ name: 'calls', usedShare: 0.1 }],
  blockers: [],
}
const of = (health: Partial<ConnectionHealth>, check: Finding['check'], wanted: Partial<typeof WANTED> = {}) =>
  healthFindings({ ...HEALTHY, ...health }, { ...WANTED, ...wanted }).filter((one) => one.check === check)
const levels = (findings: readonly Finding[]) => findings.map(({ level }) => level)
const at = (ms: number): Instant => later(NOW, ms)

describe('a finding', () => {
  test('of a healthy connection is good, each of them', () => {
    expect(new Set(levels(healthFindings(HEALTHY, WANTED)))).toEqual(new Set(['ok']))
  })
  test.each<[string, number, Finding['level']]>([
    ['that ended a minute ago', -60_000, 'failure'],
    ['that ends in six days', 6 * DAY_MS, 'warning'],
    ['that ends in seven days', 7 * DAY_MS, 'ok'],
  ])('of a token %s', (_what, ms, level) => {
    const [found] = of({ token: { kind: 'expires', expiresAt: at(ms), issuedAt: at(-40 * DAY_MS) } }, 'token')
    expect(found?.level).toBe(level)
    expect(found?.says).toContain('issued 2026-10-12, 40 days ago')
    expect(found?.remedy).toBe(level === 'ok' ? undefined : 'issue a new one and put it into secret meta')
  })
  test('of times that are none says so, and what else was found stays', () => {
    const never = 1e303 as Instant
    const expires = { kind: 'expires', expiresAt: never, issuedAt: Number.NaN as Instant } as const
    const [ends] = of({ token: expires }, 'token')
    expect(ends).toMatchObject({
      level: 'warning',
      says: 'ends at a time that cannot be read; when it was issued is not told',
    })
    expect(of({ token: { kind: 'lasts', accessUntil: never } }, 'token')).toMatchObject([
      { level: 'ok', says: expect.stringContaining('next before a time that cannot be read') },
    ])
    expect(of({ limits: [{ name: 'calls', usedShare: 0.9, resetsAt: never }] }, 'limits')).toMatchObject([
      { level: 'warning', says: 'calls: 90.0 % used, free again at a time that cannot be read' },
    ])
  })
  test('of a missing scope fails where something is pushed, and warns where nothing is', () => {
    const scopes = { granted: ['ads_read'], missing: ['ads_management'] }
    expect(of({ scopes }, 'scopes')).toMatchObject([
      { level: 'failure', says: 'granted: ads_read; missing: ads_management' },
    ])
    expect(levels(of({ scopes }, 'scopes', { isPushed: false }))).toEqual(['warning'])
  })
  test.each<[string | undefined, Finding['level']]>([
    ['2026-11-20', 'failure'],
    // The last day counts whole.
    ['2026-11-21', 'warning'],
    ['2027-01-19', 'warning'],
    ['2027-01-21', 'ok'],
    [undefined, 'ok'],
  ])('of an API version that ends on %s', (endsOn, level) => {
    expect(levels(of(endsOn === undefined ? {} : { apiVersionEndsOn: endsOn }, 'version'))).toEqual([level])
  })
  test.each<[number, Finding['level'], string]>([
    [29_000, 'ok', 'agrees'],
    [30_000, 'warning', 'this machine is 30 s ahead of the platform'],
    [-31_000, 'warning', 'this machine is 31 s behind the platform'],
    [300_000, 'failure', 'this machine is 300 s ahead of the platform'],
  ])('of a clock that is %d ms ahead', (ms, level, says) => {
    const [found] = of({ clock: { theirs: NOW, ours: at(ms) } }, 'clock')
    expect(found).toMatchObject({ level, says: expect.stringContaining(says) })
  })
  test('of a quota names what is used, and warns from three quarters on', () => {
    const limits = [{ name: 'calls', usedShare: 0.75, resetsAt: at(HOUR_MS) }, { name: 'reads' }]
    expect(of({ limits }, 'limits')).toMatchObject([
      { level: 'warning', says: 'calls: 75.0 % used, free again at 2026-11-21T13:00:00Z' },
      { level: 'ok', says: 'reads: the platform does not tell what is used' },
    ])
  })
  test('of a quota says when it is free again where little is left, and not before', () => {
    expect(of({ limits: [{ name: 'calls', usedShare: 0.1, resetsAt: at(HOUR_MS) }] }, 'limits')[0]?.says).toBe(
      'calls: 10.0 % used',
    )
  })
  test('of what the platform does not tell says so, part by part', () => {
    const { apiVersion, blockers } = HEALTHY
    const found = healthFindings({ apiVersion, blockers, token: { kind: 'unknown' }, limits: [] }, WANTED)
    expect(found.map(({ check, says }) => `${check}: ${says}`)).toEqual([
      'connection: answers',
      'token: when it ends is not told; when it was issued is not told',
      'scopes: which were granted is not told',
      'version: API v25.0, of which no end is announced as far as this Sluice knows',
      'clock: the platform does not tell its time',
      'limits: requests: the platform does not tell what is used',
      'writes: nothing blocks them',
    ])
  })
  test('of a blocker has the platform’s remedy', () => {
    const blockers = [{ code: 'account_status 3', detail: 'the account is unsettled: pay the balance' }]
    expect(of({ blockers }, 'writes')).toMatchObject([
      { level: 'failure', says: 'blocked by account_status 3', remedy: 'the account is unsettled: pay the balance' },
    ])
  })
  test.each<[ConstructorParameters<typeof PlatformError>[0], Finding['level'], string]>([
    [{ kind: 'unauthorised', detail: 'code 190' }, 'failure', 'renew the credentials in secret meta'],
    [{ kind: 'rate-limited', retryAfterMs: 1, detail: 'slow' }, 'warning', 'wait'],
    [{ kind: 'transient', detail: 'HTTP 503' }, 'failure', 'see that the platform can be reached from here'],
    [{ kind: 'unreadable', detail: 'x' }, 'failure', 'update it'],
  ])('of a connection that fails as %o', (failure, level, remedy) => {
    const found = failureFinding(new PlatformError(failure), WANTED)
    expect(found).toMatchObject({ level, check: 'connection', remedy: expect.stringContaining(remedy) })
  })
  test('of a failure carries no credential', () => {
    const error = new PlatformError({ kind: 'unauthorised', detail: 'Malformed access token EAAabcdefghijklmnop' })
    expect(failureFinding(error, WANTED).says).not.toContain('EAAabc')
  })
  test('of a pull warns after a day', () => {
    expect(pullFinding('meta:1', at(-DAY_MS), NOW)).toMatchObject({ level: 'ok', says: 'was pulled 24 h ago' })
    expect(pullFinding('meta:1', at(-3 * DAY_MS), NOW)).toMatchObject({
      level: 'warning',
      says: 'was pulled 3 days ago',
    })
    expect(pullFinding('meta:1', undefined, NOW)).toMatchObject({ level: 'warning', says: 'was never pulled' })
  })
  test('of a rate names its age', () => {
    const [from, to] = [currency('USD'), currency('EUR')]
    const date = accountDate('2026-11-18')
    const standing = {
      portfolio: 'eu',
      from,
      to,
      accounts: [],
      inOrders: true,
      maxAgeDays: 5,
      due: accountDate('2026-11-20'),
    }
    const rate = { from, to, date, microsPerUnit: 863_856n }
    expect(rateFinding({ ...standing, rate, ageDays: 3, state: 'late' })).toMatchObject({
      level: 'warning',
      says: 'USD→EUR is 0.863856 of 2026-11-18, 3 of 5 days old; those of 2026-11-20 are out',
    })
    expect(rateFinding({ ...standing, rate, ageDays: 6, state: 'old' }).level).toBe('failure')
    expect(rateFinding({ ...standing, rate: undefined, ageDays: undefined, state: 'missing' }).level).toBe('failure')
  })
})

describe('doctor', () => {
  let shop: Shop
  beforeEach(async () => {
    shop = await openShop()
  })
  afterEach(() => shop.close())

  const asked = async () => {
    const { code, out } = await shop.sluice('doctor', '--json')
    const { findings, ...counts } = JSON.parse(out) as { findings: Finding[]; failures: number; warnings: number }
    const say = (subject: string, check: Finding['check']) =>
      findings.filter((one) => one.subject === subject && one.check === check)
    return { code, out, findings, counts, say }
  }

  test('finds nothing amiss with a shop that is ready, and writes nothing', async () => {
    await readyAt(shop, MORNING)
    const { code, counts, findings, say } = await asked()
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([])
    expect([code, counts.failures, counts.warnings]).toEqual([0, 0, 0])
    expect(say(GOOGLE, 'version')[0]?.says).toBe('API v25, which ends on 2027-07-31')
    expect(say(META, 'scopes')[0]?.says).toBe('granted: ads_management, ads_read')
    expect(say('rates', 'rates')[0]?.says).toBe('USD→EUR is 0.92 of 2026-10-04, 1 of 5 days old')
    expect(shop.requests().mutating).toBe(0)
  })
  test('has warnings and yet 0: accounts that were never pulled', async () => {
    shop.market.advanceTo(MORNING)
    await shop.sluice('policy', 'put', 'policy.yaml')
    const { code, counts, say } = await asked()
    expect([code, counts.failures, counts.warnings]).toEqual([0, 0, 2])
    expect(say(META, 'pull')[0]).toMatchObject({ level: 'warning', says: 'was never pulled' })
  })
  test('fails for one connection, looks at the others, and says what to do', async () => {
    await readyAt(shop, MORNING)
    shop.write('secrets/meta.json', JSON.stringify({ ...META_TWIN_CREDENTIALS, accessToken: 'EAAsomeoldtokenofours' }))
    const { code, say } = await asked()
    expect(code).toBe(1)
    expect(say(META, 'connection')).toMatchObject([
      { level: 'failure', remedy: 'renew the credentials in secret meta, and see that they may reach the account' },
    ])
    expect(say(GOOGLE, 'connection')).toMatchObject([{ level: 'ok' }])
    const { out } = await shop.sluice('doctor')
    expect(out).toMatch(/FAILS +connection +unauthorised/)
    expect(out).toContain('→ renew the credentials in secret meta')
    expect(out).toContain('1 failure, no warnings.')
  })
  test('says of which connections nothing could be asked', async () => {
    const { code, findings } = await asked()
    expect(code).toBe(0)
    expect(findings.filter(({ level }) => level === 'warning').map(({ subject }) => subject)).toEqual([
      'google-ads:*',
      'meta:*',
    ])
  })
  test('fails for a secret that is not there', async () => {
    await readyAt(shop, MORNING)
    shop.write('secrets/google.json', '')
    const { code, say } = await asked()
    expect(code).toBe(1)
    expect(say('secret google', 'secret')[0]?.level).toBe('failure')
  })
  test('looks at connections although the tables cannot be reached', async () => {
    await readyAt(shop, MORNING)
    const { readFileSync } = await import('node:fs')
    const config = readFileSync(`${shop.folder}/sluice.yaml`, 'utf8')
    shop.write(
      'sluice.yaml',
      config
        .replace(/endpoint: 'http:\/\/127\.0\.0\.1:\d+'/, "endpoint: 'http://127.0.0.1:1'")
        .replace("'meta:*'", `'${META}'`),
    )
    const { code, say } = await asked()
    expect(code).toBe(1)
    expect(say('tables', 'tables')[0]?.level).toBe('failure')
    expect(say(META, 'connection')[0]?.level).toBe('ok')
  })
  test('never prints what is secret', async () => {
    await readyAt(shop, MORNING, policyText({ mode: 'auto' }))
    for (const args of [['doctor'], ['doctor', '--json']]) {
      const { out, err } = await shop.sluice(...args)
      for (const secret of [...Object.values(GOOGLE_TWIN_CREDENTIALS), ...Object.values(META_TWIN_CREDENTIALS)])
        expect(out + err).not.toContain(secret)
    }
  })
})
