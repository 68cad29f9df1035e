import type { DecisionLine, PeriodFigures, RunReport } from '../../dashboard/run-report.ts'

export const HOSTILE_NAME = `<script>globalThis.broken=1</script><img src=x onerror="globalThis.broken=1"> & "Söhne" 'n'`

export const GOOGLE = 'google-ads:1234'
export const META = 'meta:9876'

const period = (figures: Partial<PeriodFigures>): PeriodFigures => ({
  from: '2026-10-05',
  to: '2026-10-08',
  spend: 4100,
  incremental: 110,
  incrementalValue: 12_300,
  claimed: { 'google-ads': 90, meta: 60 },
  ordered: 160,
  orderedValue: 16_000,
  refunded: 8,
  ...figures,
})

export const decision = (line: Partial<DecisionLine>): DecisionLine => ({
  at: '2026-10-05T00:00:00Z',
  plan: 'plan-1',
  account: GOOGLE,
  name: 'Search',
  lever: 'daily-budget',
  decision: 'hold',
  reason: 'learning: it is in its learning phase',
  ...line,
})

const DECISIONS: readonly DecisionLine[] = [
  decision({
    decision: 'change',
    from: '100.00 EUR',
    to: '120.00 EUR',
    reason: 'more brings more',
    outcome: 'verified',
  }),
  decision({ name: HOSTILE_NAME, account: META }),
  decision({
    at: '2026-10-06T00:00:00Z',
    plan: 'plan-2',
    decision: 'change',
    from: '120.00 EUR',
    to: '1440.00 EUR',
    reason: 'more brings more',
    outcome: 'verified',
  }),
  decision({
    at: '2026-10-06T00:00:00Z',
    plan: 'plan-2',
    name: HOSTILE_NAME,
    account: META,
    decision: 'change',
    from: '50.00 USD',
    to: '40.00 USD',
    reason: 'the last money brings little',
  }),
  decision({
    at: '2026-10-06T09:00:00Z',
    plan: 'plan-3',
    name: 'Shopping',
    reason: 'between-decisions: nothing to correct',
  }),
]

/**
 * Four days of a flight of 4,000 EUR, overspent by 2.5 %: 110 conversions caused against 100 untouched at the same
 * 4,100 EUR, so 10 % more, at 37.27 EUR against 41.00 EUR.
 */
export const sampleReport = (changes: Partial<RunReport> = {}): RunReport => ({
  schemaVersion: 1,
  scenario: 'small',
  description: 'Two accounts for four days.',
  seed: 7,
  portfolio: 'autumn',
  mode: 'auto',
  from: '2026-10-05',
  to: '2026-10-08',
  days: 4,
  currency: 'EUR',
  goal: 'conversions',
  accounts: [
    { key: GOOGLE, name: 'Shop DE', currency: 'EUR', zone: 'Europe/Berlin', campaigns: 2, budgets: 2 },
    { key: META, name: 'Shop US', currency: 'USD', zone: 'America/New_York', campaigns: 1, budgets: 1 },
  ],
  rates: ['USD→EUR 0.915 (2026-10-05)'],
  before: period({ from: '2026-10-01', to: '2026-10-04', spend: 4000, incremental: 80, claimed: { 'google-ads': 70 } }),
  sluice: period({}),
  untouched: {
    ...period({ incremental: 100, incrementalValue: 12_000 }),
    budgetFactor: 1.025,
    spendDifference: 0.0001,
  },
  pacing: [
    { date: '2026-10-05', spend: 900, targetToDate: 1000, spendToDate: 900, untouchedToDate: 1000 },
    { date: '2026-10-06', spend: 1100, targetToDate: 2000, spendToDate: 2000, untouchedToDate: 2050 },
    { date: '2026-10-07', spend: 1040, targetToDate: 3000, spendToDate: 3040, untouchedToDate: 3050 },
    { date: '2026-10-08', spend: 1060, targetToDate: 4000, spendToDate: 4100, untouchedToDate: 4100 },
  ],
  flightTotal: 4000,
  landings: [
    { date: '2026-10-05', mean: 4010, low: 3900, high: 4120, unspent: 0 },
    { date: '2026-10-08', mean: 4095, low: 4080, high: 4110, unspent: 25 },
  ],
  limits: [
    { name: 'day-target', detail: 'the portfolio has no more to spend today', days: 3, worthPerUnit: 0.0215 },
    { name: HOSTILE_NAME, detail: 'at most this much', days: 1 },
  ],
  limitedBy: [
    { by: 'budget', budgets: ['Search', 'Shopping', 'A', 'B', 'C', 'D', 'E', 'F'] },
    { by: 'audience', budgets: [HOSTILE_NAME] },
  ],
  campaigns: [
    {
      account: GOOGLE,
      name: 'Search',
      class: 'prospecting',
      spendPerDayBefore: 500,
      spendPerDayAfter: 800,
      cpaBefore: 50,
      cpaAfter: 40,
    },
    {
      account: GOOGLE,
      name: 'Shopping',
      class: 'prospecting',
      spendPerDayBefore: 100,
      spendPerDayAfter: 100,
      cpaAfter: 25,
    },
    {
      account: META,
      name: HOSTILE_NAME,
      class: 'retargeting',
      spendPerDayBefore: 400,
      spendPerDayAfter: 125,
      cpaBefore: 80,
      cpaAfter: 62.5,
    },
  ],
  moves: [
    {
      at: '2026-10-06T00:00:00Z',
      account: GOOGLE,
      name: 'Search',
      from: '120.00 EUR',
      to: '1440.00 EUR',
      change: '+1100.0 %',
      why: 'the next money brings most here',
      expected: { mean: 3, low: 1.25, high: 4.75 },
      outcome: 'verified',
      inAll: { moves: 2, from: '100.00 EUR', to: '1440.00 EUR' },
    },
    {
      at: '2026-10-06T00:00:00Z',
      account: META,
      name: HOSTILE_NAME,
      from: '50.00 USD',
      to: '40.00 USD',
      change: '−20.0 %',
      why: 'the last money brings least here',
      expected: { mean: -0.5, low: -1, high: 0 },
      outcome: 'verified',
      inAll: { moves: 1, from: '50.00 USD', to: '40.00 USD' },
    },
  ],
  holds: [
    {
      reason: 'within-deadband',
      count: 1234,
      levers: 3,
      example: 'Search: a move of 0.4 % is below the deadband of 3 %',
    },
  ],
  drifts: [
    {
      at: '2026-10-07T09:12:00Z',
      account: GOOGLE,
      name: 'Shopping',
      from: '100.00 EUR',
      to: '115.00 EUR',
      actor: 'jana@shop.example',
      resolution: 'adopt',
      detail: 'inside the caps',
    },
  ],
  refusals: [
    {
      at: '2026-10-07T15:00:00Z',
      account: META,
      lever: 'meta/daily-budget/1',
      outcome: 'refused',
      detail: 'Invalid parameter',
    },
  ],
  turns: {
    ran: 120,
    failed: 2,
    plans: 3,
    changesApplied: 2,
    deadLetters: 1,
    failures: [{ stage: 'pull', key: META, count: 2, message: 'Service temporarily unavailable' }],
  },
  invariants: [
    { name: 'no push took a day past its cap', held: true, detail: '8 account days' },
    { name: 'every plan can be made again', held: false, detail: 'plan-2 differs' },
  ],
  decisions: DECISIONS,
  ...changes,
})

/** A run in which nothing happened. */
export const emptyReport = (): RunReport => {
  const nothing = period({
    spend: 0,
    incremental: 0,
    incrementalValue: 0,
    claimed: {},
    ordered: 0,
    orderedValue: 0,
    refunded: 0,
  })
  return sampleReport({
    accounts: [],
    rates: [],
    before: nothing,
    sluice: nothing,
    untouched: { ...nothing, budgetFactor: 1, spendDifference: Number.NaN },
    pacing: [],
    flightTotal: 0,
    landings: [],
    limits: [],
    limitedBy: [],
    campaigns: [],
    moves: [],
    holds: [],
    drifts: [],
    refusals: [],
    turns: { ran: 0, failed: 0, plans: 0, changesApplied: 0, deadLetters: 0, failures: [] },
    invariants: [],
    decisions: [],
  })
}
