/**
 * Canaries in secrets, in answers and in errors of platforms, in addresses and in names; then everything that Sluice
 * writes in days of its whole loop is searched for them. What may be stored is named in docs/security.md.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PERMISSIONS, type Permissions, TABLE_ACTIONS } from '../../cdk/permissions.ts'
import { LAMBDAS, type LambdaName } from '../../functions/composition/lambdas.ts'
import { QUEUES } from '../../functions/composition/routes.ts'
import { HOUR_MS } from '../../lib/units/calendar.ts'
import { type Ended, MORNING } from '../cli/shop.ts'
import { PERSONAL } from './canary-proxy.ts'
import { META_SECRET, secretsOf, TWO } from './pretend-platforms.ts'
import { after, type WholeWorld, wholeWorld } from './whole-world.ts'
import { WHOLE_POLICY } from './whole-world-policy.ts'

let world: WholeWorld
const said: Ended[] = []

const COMMANDS: readonly (readonly string[])[] = [
  ['status'],
  ['plan'],
  ['forecast'],
  ['policy', 'show', 'steady'],
  ['pull'],
  ['score'],
  ['apply', '--no-input'],
  ['doctor'],
  ['mapping'],
  ['replay'],
  ['alerts', '--all'],
  ['audit', 'verify'],
  ['run'],
  ['freeze', 'everything', '--reason', 'looking'],
  ['kill', 'everything', '--reason', 'looking'],
]

beforeAll(async () => {
  world = await wholeWorld()
  const start = world.market.now()
  await world.putPolicy(WHOLE_POLICY)
  await world.runUntil(after(start, 7))
  world.errorEvery = 5
  await world.runUntil(after(start, 11))
  world.errorEvery = 0
  await world.runUntil(after(start, 15))
  for (const args of COMMANDS) for (const more of [[], ['--json']]) said.push(await world.sluice(...args, ...more))
  world.errorEvery = 2
  for (const args of [['pull'], ['run'], ['status'], ['doctor'], ['mapping'], ['kill', 'everything']])
    for (const more of [[], ['--json'], ['--verbose']]) said.push(await world.sluice(...args, ...more))
}, 1_800_000)
afterAll(() => world.close())

const secrets = (): readonly string[] => [...secretsOf(TWO), ...world.proxies.flatMap((proxy) => [...proxy.secrets])]
const canaries = (): readonly string[] => [...secrets(), ...Object.values(PERSONAL)]
const found = (text: string): readonly string[] => canaries().filter((canary) => text.includes(canary))

test('the canaries were there to be caught: slipped into answers, quoted in errors, sent as tokens and proofs', () => {
  for (const proxy of world.proxies) {
    expect(proxy.slipped()).toBeGreaterThan(20)
    expect(proxy.errors()).toBeGreaterThan(10)
  }
  // Google's access token; Meta's token and its proof.
  expect(new Set(secrets()).size).toBeGreaterThanOrEqual(7)
})

test('the loop did its whole work meanwhile: reading, planning, pushing, failing', () => {
  const stages = new Set(world.log.filter(({ result }) => result === 'ran').map(({ stage }) => stage))
  for (const stage of ['pull', 'plan', 'act', 'verify']) expect(stages).toContain(stage)
  expect(world.log.filter(({ result }) => result === 'failed').length).toBeGreaterThan(5)
  expect(world.log.some(({ errorMessage = '' }) => errorMessage.includes('[redacted]'))).toBe(true)
})

test('no log line has one', () => {
  expect(world.logLines.length).toBeGreaterThan(100)
  expect(world.logLines.flatMap(found)).toEqual([])
})

test('no line is longer than a few kilobytes, or more than one line', () => {
  for (const line of world.logLines) {
    expect(line.length).toBeLessThan(4_000)
    expect(line).not.toMatch(/[\n\r]/)
  }
})

test('nothing that is kept has one: tables, audit, archive, and what is packed in them', async () => {
  const kept = await world.kept()
  const kinds = new Set([...kept.keys()].map((key) => key.split(' ')[0]))
  expect([...kinds].toSorted()).toEqual(['archive', 'audit', 'control', 'facts'])
  // The archive is read as it is meant to be read: names of campaigns are in it.
  expect([...kept].some(([key, text]) => key.startsWith('archive') && /search/i.test(text))).toBe(true)
  const caught = [...kept].flatMap(([key, text]) => found(text).map((canary) => `${canary} in ${key}`))
  expect(caught).toEqual([])
})

test('nothing that is kept has a control character that a platform sent', async () => {
  const kept = await world.kept()
  const names = [...kept.values()].filter((text) => text.includes('onerror='))
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((text) => text.includes('\u001b[2J') || text.includes('\u202e=cmd'))).toEqual([])
})

describe('the command line', () => {
  test('shows none, neither as text nor as JSON nor with the stack of an error', () => {
    expect(said.some(({ code }) => code === 0)).toBe(true)
    expect(said.some(({ code }) => code === 1)).toBe(true)
    expect(said.flatMap(({ out, err }) => [...found(out), ...found(err)])).toEqual([])
  })
  test('prints nothing that a terminal would obey', () => {
    const printed = said.map(({ out, err }) => out + err)
    expect(printed.some((text) => text.includes('onerror='))).toBe(true)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(printed.filter((text) => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(text))).toEqual([])
  })
})

test('a message that is no message of ours is refused without being quoted', async () => {
  const { makeStageHandler } = await import('../../functions/stage-handler.ts')
  const { logText } = await import('../../functions/composition/log.ts')
  const lines: string[] = []
  const handler = makeStageHandler({
    queue: 'pull',
    runTurn: async () => ({ kind: 'elsewhere' }),
    loopFor: world.loopFor,
    clock: { now: () => MORNING },
    log: (line) => lines.push(logText(line)),
  })
  const bodies = [PERSONAL.email, JSON.stringify({ stage: 'pull', key: PERSONAL.order, turn: HOUR_MS, attempt: 0 })]
  for (const body of [...bodies, JSON.stringify({ [META_SECRET.accessToken]: 1 })])
    await handler(
      { Records: [{ messageId: 'm-1', body, attributes: { ApproximateReceiveCount: '1' } }] },
      { awsRequestId: 'r-1' },
    )
  expect(lines).toHaveLength(3)
  expect(lines.flatMap(found)).toEqual([])
})

/**
 * What is allowed and was not seen here: calls of rarer days, each with the day. What is not in this list and not called
 * is allowed in vain.
 */
const RARER: readonly { readonly by: RegExp; readonly call: RegExp; readonly when: string }[] = [
  { by: /^verify/, call: /(GetItem|BatchGetItem|Query) facts/, when: 'a push whose outcome is unknown is settled' },
  { by: /^verify/, call: /^platform$/, when: 'a push whose outcome is unknown is settled' },
  { by: /^guard/, call: /BatchWriteItem facts/, when: 'an account has more campaigns than fit one item' },
  { by: /^guard/, call: /UpdateItem facts/, when: 'never: writes of a table are allowed together' },
  { by: /^score/, call: /PutItem control/, when: 'conversions of a plan have matured' },
  { by: /^verify/, call: /^queue pull/, when: 'a budget moved between two pulls' },
  { by: /^guard/, call: /(PutItem|BatchWriteItem) control|PutItem audit|queue act/, when: 'a breaker trips' },
  { by: /^pull/, call: /queue (plan|act)/, when: 'a budget has to be corrected, or schedules written' },
  {
    by: /./,
    call: /:(GetItem|BatchGetItem|Query) (control|facts)$/,
    when: 'more is read at a time: reads of a table are allowed together',
  },
]

/** What the role of a function allows, in the words of the recording. */
function allowedTo({ tables, appendsAudit, readsAudit, sendsTo, secret, archives }: Permissions): readonly string[] {
  const of = (table: 'control' | 'facts') => TABLE_ACTIONS[tables[table]].map((action) => `${action} ${table}`)
  return [
    ...of('control'),
    ...of('facts'),
    ...(appendsAudit ? ['dynamodb:PutItem audit'] : []),
    ...(readsAudit ? ['dynamodb:GetItem audit', 'dynamodb:Query audit'] : []),
    ...sendsTo.map((queue) => `queue ${queue}`),
    ...(archives ? ['archive put', 'rates'] : []),
    ...(secret ? ['platform'] : []),
  ]
}

// The rates function runs no turn: what its role allows is told in test/cdk/permissions.test.ts.
describe.each((Object.keys(LAMBDAS) as LambdaName[]).filter((name) => name !== 'rates'))('the role of %s', (name) => {
  const allowed = new Set(allowedTo(PERMISSIONS[name]))
  /** Both functions of a stage run the same code. */
  const twins = [name, name.replace('-google-ads', ''), `${name}-google-ads`]
  const calls = (of: readonly string[]) =>
    [...world.used]
      .filter((one) => of.includes(one.slice(0, one.indexOf(' '))))
      .map((one) => one.slice(one.indexOf(' ') + 1))

  test('allows every call that the function made of AWS', () => {
    const made = calls([name]).filter((call) => call !== 'platform' || PERMISSIONS[name].secret !== undefined)
    expect(made.length).toBeGreaterThan(2)
    expect(made.filter((call) => !allowed.has(call))).toEqual([])
  })
  test('allows nothing else, but for calls of rarer days that are named', () => {
    const made = new Set(calls(twins).map((call) => call.replace('-google-ads', '')))
    const unused = [...allowed].filter((call) => !made.has(call.replace('-google-ads', '')))
    expect(unused.filter((call) => !RARER.some((rare) => rare.by.test(name) && rare.call.test(call)))).toEqual([])
  })
})

test('every queue has worked, and the roles of all functions were put to the test', () => {
  const worked = new Set(world.log.filter(({ event }) => event === 'turn').map(({ queue }) => queue))
  expect(QUEUES.filter((queue) => !worked.has(queue))).toEqual([])
})
