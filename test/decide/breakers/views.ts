import type { GuardView, Hours } from '../../../lib/decide/breakers/view.ts'
import { accountRef, type CampaignId } from '../../../lib/model/account.ts'
import { breakersSchema } from '../../../lib/model/breakers.ts'
import type { EntityHistory } from '../../../lib/model/history.ts'
import type { Policy } from '../../../lib/model/policy.ts'
import { policyFrom } from '../../../lib/model/policy-file.ts'
import type { AccountStructure, Campaign } from '../../../lib/model/structure.ts'
import { accountDate, addDays, instant, timeZone } from '../../../lib/units/calendar.ts'
import { currency, fromMainUnits, type Money } from '../../../lib/units/money.ts'

export const ACCOUNT = accountRef('meta', '1')
export const EUR = currency('EUR')
/** A Tuesday, one in the afternoon in Berlin. */
export const TODAY = accountDate('2026-06-02')
export const NOW = instant('2026-06-02T11:00:00Z')
export const RULE = 'purchase|7c|0v|click'
export const SHOES = '10' as CampaignId
export const HATS = '11' as CampaignId

export const eur = (units: number): Money => fromMainUnits(units, EUR, 'half-even')
const micros = (units: number): bigint => eur(units).micros

/** So many main units in each of the hours before `until`. */
export const hourly = (units: number, until = 24): Hours =>
  Array.from({ length: 24 }, (_, hour) => (hour < until ? micros(units) : 0n))

export const campaign = (id: CampaignId, name: string, more: Partial<Campaign> = {}): Campaign => ({
  id,
  name,
  kind: 'social',
  status: 'active',
  strategy: { kind: 'max-conversions' },
  learning: 'stable',
  deviceMultipliers: {},
  ...more,
})

/** Twenty-eight days of the same figures. */
export const history = (
  id: CampaignId,
  day: { spend: number; clicks?: number; impressions?: number; conversions?: number },
): EntityHistory => ({
  account: 'meta:1' as EntityHistory['account'],
  campaign: id,
  currency: EUR,
  days: Array.from({ length: 28 }, (_, i) => ({
    date: addDays(TODAY, i - 28),
    spendMicros: micros(day.spend),
    impressions: day.impressions ?? 0,
    clicks: day.clicks ?? 0,
    conversions: day.conversions === undefined ? {} : { [RULE]: { count: day.conversions, valueMicros: 0n } },
  })),
})

export function policyWith(more: object = {}, breakers: object = {}): Policy {
  const { policy } = policyFrom(
    {
      portfolio: 'eu',
      owner: 'growth',
      baseCurrency: 'EUR',
      zone: 'Europe/Berlin',
      goal: { kind: 'conversions' },
      flight: { from: '2026-06-01', to: '2026-06-30', total: '30000 EUR' },
      accounts: [
        {
          account: 'meta:1',
          conversions: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 0, basis: 'click' },
        },
      ],
      members: [{ class: 'prospecting' }],
      breakers,
      ...more,
    },
    'the test policy',
  )
  return policy
}

export const DEFAULTS = breakersSchema.parse({})

const structure: AccountStructure = {
  account: ACCOUNT,
  name: 'Shop',
  currency: EUR,
  zone: timeZone('Europe/Berlin'),
  readAt: NOW,
  blockers: [],
  campaigns: [campaign(SHOES, 'Shoes'), campaign(HATS, 'Hats')],
  adGroups: [],
  budgets: [SHOES, HATS].map((id) => ({
    id: id as string as AccountStructure['budgets'][number]['id'],
    name: id,
    owner: 'campaign',
    period: 'daily',
    amount: eur(240),
    campaigns: [id],
    status: 'active',
  })),
  experiments: [],
}

/** Shoes spend 10 an hour and hats 5, today as in the week before, up to one in the afternoon: nothing trips. */
export const aView = (more: Partial<GuardView> = {}): GuardView => ({
  now: NOW,
  today: TODAY,
  clock: 13,
  policy: policyWith(),
  structure,
  spend: new Map([
    [SHOES, hourly(10, 13)],
    [HATS, hourly(5, 13)],
  ]),
  counts: new Map([
    [SHOES, { impressions: 13_000, clicks: 130 }],
    [HATS, { impressions: 6_500, clicks: 65 }],
  ]),
  past: Array.from({ length: 7 }, (_, i) => ({
    date: addDays(TODAY, i - 7),
    spend: new Map([
      [SHOES, hourly(10)],
      [HATS, hourly(5)],
    ]),
  })),
  // 1 EUR a click, 10 EUR a thousand impressions; a conversion of ten clicks.
  histories: [
    history(SHOES, { spend: 240, clicks: 240, impressions: 24_000, conversions: 24 }),
    history(HATS, { spend: 120, clicks: 120, impressions: 12_000, conversions: 12 }),
  ],
  cap: eur(1000),
  levers: [],
  changes: [],
  outcomes: [],
  orders: [],
  ...more,
})

export const withCampaign = (view: GuardView, changed: Campaign): GuardView => ({
  ...view,
  structure: {
    ...view.structure,
    campaigns: view.structure.campaigns.map((one) => (one.id === changed.id ? changed : one)),
  },
})
