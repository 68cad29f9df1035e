import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { fieldTable } from '../../../playground/market/field-table.ts'
import { scenarioJsonSchema } from '../../../playground/market/json-schema.ts'
import { createMarket } from '../../../playground/market/market.ts'
import {
  loadScenario,
  readScenario,
  SCENARIO_FOLDER,
  ScenarioError,
  shippedScenarios,
} from '../../../playground/market/read-scenario.ts'
import { calmScenario, campaign, google, meta } from './small-market.ts'

const fileOf = (name: string): unknown => JSON.parse(readFileSync(join(SCENARIO_FOLDER, name), 'utf8'))
const published = fileOf('scenario.schema.json') as Record<string, unknown>

const validate = new Ajv2020({ strict: false }).compile(published)

const refusal = (raw: unknown): string => {
  try {
    readScenario(typeof raw === 'string' ? raw : JSON.stringify(raw), 'bad.json')
    return 'accepted'
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError)
    return (error as Error).message
  }
}

describe('shipped scenarios', () => {
  it('are the ones that the documentation lists', () => {
    expect(shippedScenarios()).toEqual(
      [
        'clock-change-week',
        'commitment',
        'demo',
        'double-claiming',
        'drifting',
        'flash-sale',
        'hand-edit',
        'late-conversions',
        'organic-claims',
        'platform-outage',
        'promotion',
        'refunds',
        'returns-day-14',
        's-shaped',
        'seasonal',
        'shock',
        'slipped-zero',
        'steady',
        'tracking-outage',
        'yen-account',
      ].toSorted(),
    )
    const page = readFileSync(join(import.meta.dirname, '../../../docs/scenarios.md'), 'utf8')
    for (const name of shippedScenarios()) expect(page).toContain(`\`${name}\``)
  })

  it.each(shippedScenarios())('%s can be used, names itself, and fits the published JSON Schema', (name) => {
    expect(loadScenario(name).name).toBe(name)
    const isValid = validate(fileOf(`${name}.json`))
    expect(validate.errors ?? []).toEqual([])
    expect(isValid).toBe(true)
  })

  it.each(shippedScenarios())('%s runs for a day beyond its history', (name) => {
    const scenario = loadScenario(name)
    const market = createMarket({ ...scenario, history: { days: 5, orders: true } }, { seed: 3 })
    market.advanceTo(market.end)
    const { from, to } = market.portfolio.flight
    expect(market.truth.headline(from, to).drawn).toBeGreaterThan(100)
  })

  it('have a published JSON Schema that is the one of the code: run node playground/market/write-schema.ts', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())))
  })

  it('have a documented table of fields that is the one of the code: run node playground/market/write-schema.ts', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/scenarios.md'), 'utf8')
    expect(page).toContain(`<!-- fields -->\n\n${fieldTable(scenarioJsonSchema())}\n`)
  })

  it('have a description on every field of the published JSON Schema', () => {
    const without: string[] = []
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return
      for (const [key, value] of Object.entries(node as Record<string, unknown>)) {
        if (key === 'properties')
          for (const [field, inner] of Object.entries(value as Record<string, Record<string, unknown>>))
            if (!('description' in inner) && !('$ref' in inner)) without.push(`${path}.${field}`)
        visit(value, `${path}.${key}`)
      }
    }
    visit(published, '')
    expect(without).toEqual([])
  })
})

describe('the demo scenario', () => {
  const market = createMarket(loadScenario('demo'), { seed: 1 })
  const [google, meta] = market.accounts

  it('has an account on each of the five platforms, in three currencies, with at least forty campaigns', () => {
    expect(market.accounts.map(({ platform, currency, zone }) => [platform, currency, zone])).toEqual([
      ['google-ads', 'EUR', 'Europe/Berlin'],
      ['meta', 'USD', 'America/New_York'],
      ['tiktok', 'GBP', 'Europe/London'],
      ['snapchat', 'USD', 'America/Los_Angeles'],
      ['pinterest', 'EUR', 'UTC'],
    ])
    expect(market.accounts.reduce((sum, { campaigns }) => sum + campaigns.size, 0)).toBeGreaterThanOrEqual(40)
  })

  it('has a Google budget that three campaigns share, campaign budgets and ad set budgets on Meta, and a trial', () => {
    expect(
      [...google!.budgets.values()].filter(({ owner }) => owner === 'shared').map(({ feeds }) => feeds.length),
    ).toEqual([3])
    const owners = [...meta!.budgets.values()].map(({ owner }) => owner)
    expect(owners.filter((owner) => owner === 'campaign').length).toBeGreaterThanOrEqual(1)
    expect(owners.filter((owner) => owner === 'ad-group').length).toBeGreaterThanOrEqual(5)
    expect(google!.experiments).toHaveLength(1)
    expect(google!.experiments[0]!.armCampaignIds).toHaveLength(1)
  })

  it('has campaigns of every class', () => {
    expect(new Set(market.portfolio.campaigns.map((c) => c.class))).toEqual(
      new Set(['brand', 'retargeting', 'prospecting', 'opaque']),
    )
  })

  it('has UUIDs on Snapchat, and else ids of digits only, ten for Google accounts, and beyond 2^53 on Meta', () => {
    for (const account of market.accounts)
      for (const id of [account.id, ...account.campaigns.keys(), ...account.budgets.keys()])
        expect(id).toMatch(
          account.platform === 'snapchat'
            ? /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
            : /^\d+$/,
        )
    expect(google!.id).toHaveLength(10)
    const ids = [...meta!.campaigns.keys()].map(BigInt)
    expect(ids.some((id) => id > 2n ** 53n)).toBe(true)
    expect(ids.some((id) => id < 2n ** 53n)).toBe(true)
  })

  it('keeps its ids when the seed changes, so that one policy fits all seeds', () => {
    const other = createMarket(loadScenario('demo'), { seed: 2 })
    expect(other.portfolio.campaigns).toEqual(market.portfolio.campaigns)
  })

  it('has 90 days of history at the start', () => {
    expect(
      market.truth.caused({ from: '2026-01-01' as never, to: '2026-10-04' as never, platform: 'google-ads' }),
    ).toHaveLength(90 * google!.campaigns.size)
  })

  it('starts with some campaigns starved and some deep in saturation', () => {
    const positions = market.truth.lines().map(({ curve, accountId, adGroupId }) => {
      const account = market.accounts.find(({ id }) => id === accountId)!
      const line = [...account.campaigns.values()]
        .flatMap(({ adGroups }) => [...adGroups.values()])
        .find(({ id }) => id === adGroupId)!
      const budget = line.budgetId === undefined ? undefined : account.budgets.get(line.budgetId)
      return budget ? Number(budget.amountMicros) / 1e6 / curve.halfway : 1
    })
    expect(Math.min(...positions)).toBeLessThan(0.4)
    expect(Math.max(...positions)).toBeGreaterThan(2.5)
  })
})

describe('a scenario file that cannot be used is refused, naming file, field, value and remedy', () => {
  const withCampaign = (over: Record<string, unknown>) =>
    calmScenario({ accounts: [google({ campaigns: [campaign(over)] })] })

  it('a negative budget', () => {
    expect(refusal(withCampaign({ budget: { daily: '-5' } }))).toBe(
      'scenario bad.json: accounts[0].campaigns[0].budget.daily: "-5" must be > 0',
    )
  })

  it.each([
    ['an unknown field', calmScenario({ colour: 1 }), 'colour: unknown field; correct its spelling or remove it'],
    [
      'money as a number',
      withCampaign({ budget: { daily: 5 } }),
      'accounts[0].campaigns[0].budget.daily: 5 must be of type string',
    ],
    [
      'two kinds of budget',
      withCampaign({ budget: { daily: '5', lifetime: '50' } }),
      'must have exactly one of daily, lifetime and shared',
    ],
    ['no budget', withCampaign({ budget: undefined }), 'campaigns[0].budget: is missing; give one to the campaign'],
    [
      'a lifetime budget without an end',
      withCampaign({ budget: { lifetime: '500' } }),
      'campaigns[0].endDate: is missing; a lifetime budget is spread over the days to it',
    ],
    [
      'a shared budget that is not there',
      withCampaign({ budget: { shared: 'Pool' } }),
      'budget.shared: "Pool" must name one of sharedBudgets',
    ],
    [
      'a part of the week without hours',
      withCampaign({ criteria: [{ dimension: 'hour', name: 'x', share: 0.5 }] }),
      'must have hours where it is a part of the week, and a share where it is not',
    ],
    [
      'places with more than all clicks',
      withCampaign({ criteria: ['x', 'y'].map((name) => ({ dimension: 'place', name, share: 0.6 })) }),
      'criteria: 1.2 must be at most 1 over all of dimension place',
    ],
    [
      'two places of one name',
      withCampaign({ criteria: ['x', 'x'].map((name) => ({ dimension: 'place', name, share: 0.1 })) }),
      'criteria[1].name: "x" must be unique',
    ],
    [
      'an audience on Meta',
      calmScenario({
        accounts: [
          meta({
            campaigns: [campaign({ kind: 'social', criteria: [{ dimension: 'audience', name: 'x', share: 0.5 }] })],
          }),
        ],
      }),
      'criteria: [] must be empty but on Google Ads: others have none',
    ],
    [
      'an account id with hyphens',
      calmScenario({ accounts: [google({ id: '123-456-7890' })] }),
      'accounts[0].id: "123-456-7890" must be an id of 6 to 20 digits, or a UUID on Snapchat, as text',
    ],
    [
      'a Google account id of nine digits',
      calmScenario({ accounts: [google({ id: '123456789' })] }),
      'accounts[0].id: "123456789" must have ten digits',
    ],
    [
      'an unknown time zone',
      calmScenario({ accounts: [google({ zone: 'Mars/Base' })] }),
      'accounts[0].zone: "Mars/Base" must be an IANA time zone',
    ],
    [
      'a currency without a rate',
      calmScenario({ accounts: [google({ currency: 'GBP' })] }),
      'portfolio.rates: "GBP" must have a rate to EUR',
    ],
    [
      'a date that does not exist',
      calmScenario({ start: '2026-02-30' }),
      'start: "2026-02-30" must be a date that exists',
    ],
    [
      'an event of an unknown kind',
      calmScenario({ events: [{ kind: 'flood', at: '2026-10-08T00:00:00Z' }] }),
      'events[0].kind: "flood" must have a known "kind"',
    ],
    [
      'an event for a budget that is not there',
      calmScenario({
        events: [{ kind: 'hand-edit', at: '2026-10-08T00:00:00Z', account: '1234567890', budget: 'Sarch', factor: 2 }],
      }),
      'events[0].budget: "Sarch" must name a budget',
    ],
    [
      'an event that ends before it starts',
      calmScenario({
        events: [{ kind: 'tracking-outage', at: '2026-10-08T00:00:00Z', until: '2026-10-07T00:00:00Z' }],
      }),
      'events[0].until: "2026-10-07T00:00:00Z" must be after at',
    ],
    [
      'a base that is not shipped',
      { extends: 'calmer', name: 'x' },
      'extends: "calmer" must be one of clock-change-week',
    ],
    ['text that is not JSON', '{"name": ', 'is not JSON'],
    ['a list', '[]', 'must be a JSON object'],
  ])('%s', (_what, raw, message) => {
    expect(refusal(raw)).toContain(message)
    expect(refusal(raw)).toMatch(/^scenario bad\.json: /)
  })

  it('all wrong fields at once', () => {
    expect(refusal(calmScenario({ days: 0, colour: 1 })).split('\n')).toHaveLength(2)
  })

  it('a name that is neither shipped nor a file', () => {
    expect(() => loadScenario('nowhere')).toThrow('scenario nowhere: no such file; shipped are clock-change-week')
  })
})

describe('a scenario that extends another', () => {
  it('merges objects and replaces lists', () => {
    const read = readScenario(
      JSON.stringify({ extends: 'steady', name: 'x', shop: { organicPerDay: 7 }, weekdays: [1, 1, 1, 1, 1, 2, 2] }),
      'x.json',
    )
    const steady = loadScenario('steady')
    expect(read.shop).toEqual({ ...steady.shop, organicPerDay: 7 })
    expect(read.weekdays).toEqual([1, 1, 1, 1, 1, 2, 2])
    expect(read.accounts).toEqual(steady.accounts)
  })
})
