/**
 * The canaries of whole-loop.test.ts on TikTok, Snapchat and Pinterest, in files of orders, and through the commands of bad
 * days: all that the functions log, that is kept, and that the command line prints or writes is searched.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readScenario } from '../../playground/market/read-scenario.ts'
import type { Ended } from '../cli/shop.ts'
import { PERSONAL } from './canary-proxy.ts'
import { OTHERS, secretsOf } from './pretend-platforms.ts'
import { after, type WholeWorld, wholeWorld } from './whole-world.ts'

const TIKTOK = 'tiktok:7012345678901234567'
const SNAPCHAT = 'snapchat:8adc3db7-8148-4fbf-999c-8d2266369d74'
const PINTEREST = 'pinterest:549755885175'

const campaigns = (name: string, budgetOn: string) => [
  { name: `${name} Prospecting`, count: 2, kind: 'social', class: 'prospecting', budgetOn },
]
const SCENARIO = readScenario(
  JSON.stringify({
    extends: 'steady',
    name: 'others',
    history: { days: 21 },
    accounts: [
      { platform: 'tiktok', id: TIKTOK.slice(7), name: 'UK', currency: 'USD', zone: 'Europe/London' },
      { platform: 'snapchat', id: SNAPCHAT.slice(9), name: 'West', currency: 'USD', zone: 'America/New_York' },
      { platform: 'pinterest', id: PINTEREST.slice(10), name: 'Home', currency: 'EUR', zone: 'UTC' },
    ].map((account) => ({ ...account, generate: campaigns(account.name, 'ad-group') })),
  }),
  'others.json',
)

const POLICY = {
  portfolio: 'steady',
  owner: 'growth',
  mode: 'auto',
  baseCurrency: 'EUR',
  zone: 'Europe/Berlin',
  goal: { kind: 'conversions' },
  flight: { from: '2026-10-05', to: '2026-11-01', total: '60000.00 EUR' },
  dayCap: '20000.00 EUR',
  accounts: [
    { account: TIKTOK, rule: { clickWindowDays: 7, basis: 'impression' }, dayCap: '9000.00 USD' },
    { account: SNAPCHAT, rule: { clickWindowDays: 28, basis: 'conversion' }, dayCap: '9000.00 USD' },
    { account: PINTEREST, rule: { clickWindowDays: 30, basis: 'click' }, dayCap: '9000.00 EUR' },
  ].map(({ account, rule, dayCap }) => ({ account, conversions: { action: 'purchase', ...rule }, dayCap })),
  members: [{ name: '', class: 'prospecting' }],
}

/** A person's name and number wherever a file may have them. */
const HEAD = 'orderId,orderedAt,netValue,currency,customer'
const ORDERS: Readonly<Record<string, string>> = {
  'good.csv': `${HEAD}\n1001,2026-10-04T10:00:00Z,59.90,EUR,new\n`,
  'id.csv': `${HEAD}\n${PERSONAL.contact},2026-10-04T10:00:00Z,59.90,EUR,new\n`,
  'customer.csv': `${HEAD}\n1002,2026-10-04T10:00:00Z,59.90,EUR,${PERSONAL.contact} ${PERSONAL.phone}\n`,
  'heading.csv': `${HEAD.replace('customer', PERSONAL.phone)}\n1002,2026-10-04T10:00:00Z,59.90,EUR,new\n`,
  'future.csv': `${HEAD}\n${PERSONAL.order},2036-10-04T10:00:00Z,59.90,EUR,new\n`,
  'unrated.csv': `${HEAD}\n${PERSONAL.order},2026-10-04T10:00:00Z,59.90,JPY,new\n`,
  'twice.csv': `${HEAD}\n${PERSONAL.order},2026-10-04T10:00:00Z,1,EUR,new\n${PERSONAL.order},2026-10-04T10:00:00Z,2,EUR,new\n`,
}

let world: WholeWorld
const said: (Ended & { readonly command: string })[] = []
const thrown: unknown[] = []

const say = async (...args: readonly string[]): Promise<void> => {
  for (const more of [['--verbose'], ['--json']])
    said.push({ command: args[0]!, ...(await world.sluice(...args, ...more)) })
}

beforeAll(async () => {
  world = await wholeWorld(OTHERS, SCENARIO)
  const start = world.market.now()
  await world.putPolicy(POLICY)
  await world.runUntil(after(start, 8))
  world.errorEvery = 5
  await world.runUntil(after(start, 11))
  for (const [name, text] of Object.entries(ORDERS)) thrown.push(await world.dropOrders(name, text))
  const plans = [...(await world.kept()).keys()].flatMap((key) => /^control PLAN#(\S+?) /.exec(key)?.[1] ?? [])
  for (const every of [0, 3]) {
    world.errorEvery = every
    for (const args of [['pull'], ['status'], ['plan'], ['doctor'], ['mapping'], ['replay'], ['alerts', '--all']])
      await say(...args)
    for (const plan of new Set(plans)) {
      await say('rollback', plan, '--dry-run')
      await say('rollback', plan, '--rest', '--auto-approve')
    }
    await say('audit', 'verify')
    await say('audit', 'export', `log-${every}.jsonl`)
    await say('kill', SNAPCHAT, '--reason', 'looking')
  }
  await say('kill', 'everything', '--reason', 'looking')
}, 1_800_000)
afterAll(() => world.close())

const secrets = (): readonly string[] => [...secretsOf(OTHERS), ...world.proxies.flatMap((proxy) => [...proxy.secrets])]
const found = (text: string): readonly string[] =>
  [...secrets(), ...Object.values(PERSONAL)].filter((canary) => text.includes(canary))

test('the canaries were there to be caught, those of tokens that were renewed among them', () => {
  for (const proxy of world.proxies) {
    expect(proxy.slipped()).toBeGreaterThan(5)
    expect(proxy.errors()).toBeGreaterThan(5)
  }
  const issued = new Set(secrets())
  expect([...issued].some((one) => /^pinr\.PRETENDrefresh1/.test(one))).toBe(true)
  expect([...issued].some((one) => /^pina_PRETENDaccess1/.test(one))).toBe(true)
})

test('the loop did its work meanwhile, and the commands theirs: some well, some not', () => {
  const stages = new Set(world.log.filter(({ result }) => result === 'ran').map(({ stage }) => stage))
  for (const stage of ['pull', 'plan', 'act', 'verify']) expect(stages).toContain(stage)
  expect(world.log.some(({ errorMessage = '' }) => errorMessage.includes('[redacted]'))).toBe(true)
  const done = said.filter(({ code }) => code !== 1).map(({ command }) => command)
  expect(new Set(done)).toEqual(new Set(said.map(({ command }) => command)))
  expect(said.some(({ code }) => code === 1)).toBe(true)
  const all = said.map(({ out, err }) => out + err).join('\n')
  for (const words of ['rollback', 'paused', '[redacted]', 'onerror=']) expect(all).toContain(words)
})

test('no log line has one, nor what Lambda is thrown of orders', () => {
  expect(world.logLines.flatMap(found)).toEqual([])
  expect(thrown.map((one) => one instanceof Error)).toEqual([false, true, true, true, true, true, true])
  expect(thrown.map(String).flatMap(found)).toEqual([])
  const orders = world.log.filter(({ event }) => event === 'orders')
  expect(orders.map(({ errorMessage = 'ran' }) => errorMessage)).toEqual([
    'ran',
    expect.stringContaining('id.csv, line 2, column "orderId": is no id of an order'),
    expect.stringContaining('customer.csv, line 2, column "customer": is neither new nor returning'),
    expect.stringContaining('heading.csv, line 1: is no field of an order'),
    expect.stringContaining('future.csv, line 2: an order is of 2036-10-04'),
    expect.stringContaining('unrated.csv, line 2: an order: exchange rate JPY→EUR for 2026-10-04'),
    expect.stringContaining('twice.csv, line 3, column "orderId": is told otherwise in line 2'),
  ])
})

test('nothing that is kept has one: tables, audit, archive, and what is packed in them', async () => {
  const caught = [...(await world.kept())].flatMap(([key, text]) => found(text).map((canary) => `${canary} in ${key}`))
  expect(caught).toEqual([])
})

test('no file that a command wrote has one: exports of the log, the journal of a kill', () => {
  const files = readdirSync(world.folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.parentPath.endsWith('secrets'),
  )
  expect(files.some(({ name }) => name === 'log-0.jsonl')).toBe(true)
  const caught = files.flatMap(({ parentPath, name }) =>
    found(readFileSync(join(parentPath, name), 'latin1')).map((canary) => `${canary} in ${name}`),
  )
  expect(caught).toEqual([])
})

test('no command shows one, neither as text nor as JSON nor with the stack of an error', () => {
  expect(said.flatMap(({ out, err }) => [...found(out), ...found(err)])).toEqual([])
})

test('no command prints anything that a terminal would obey', () => {
  const printed = said.map(({ out, err }) => out + err)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(printed.filter((text) => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(text))).toEqual([])
})
