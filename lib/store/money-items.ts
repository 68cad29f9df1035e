/** How the records of the money path look as items: packed text that is read back exactly, beside figures to look at. */
import { canonicalJson, parseCanonical } from '../model/canonical.ts'
import { type IntentRecord, isSettled, type Outcome } from '../model/intent.ts'
import type { AccountDayLedger, PortfolioDayLedger } from '../model/ledger.ts'
import { type LeverValue, leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { PlanProgress } from '../model/plan.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { type CurrencyCode, type Money, money } from '../units/money.ts'
import type { ExchangeRate } from '../units/rates.ts'
import { type Attributes, bigintIn, type Item, integerIn, textIn } from './attributes.ts'
import { expiresAfter, expiresAfterDate, KEPT_DAYS } from './expiry.ts'

const MONEY_SCHEMA = 1

/** A lever's value as attributes with units: `knownMicros`, `knownRatio` or `knownStatus`. */
function valueAttributes(prefix: string, value: LeverValue | undefined): Attributes {
  if (!value) return {}
  if (value.kind === 'money')
    return { [`${prefix}Micros`]: value.amount.micros, [`${prefix}Currency`]: value.amount.currency }
  return value.kind === 'ratio' ? { [`${prefix}Ratio`]: value.value } : { [`${prefix}Status`]: value.status }
}

export const leverAttributes = (state: LeverState): Attributes => ({
  lever: leverKey(state.lever),
  version: state.version,
  ...valueAttributes('known', state.known),
  ...valueAttributes('pending', state.pending?.to),
  ...valueAttributes('cutBackTo', state.cutBackTo),
  isOurs: state.ours,
  isIdle: state.idle,
  holdUntil: state.hold && isoInstant(state.hold.until),
  holdReason: state.hold?.reason,
  asOf: isoInstant(state.knownAt),
  record: canonicalJson(state),
  schemaVersion: MONEY_SCHEMA,
})
export const readLever = (item: Item): LeverState => parseCanonical<LeverState>(textIn(item, 'record'))

/** Whether nothing more is to come. What was accepted and not yet read back is still to be read. */
export const isFinal = (outcome: Outcome | undefined): boolean =>
  isSettled(outcome) && !(outcome?.kind === 'applied' && outcome.readback.kind === 'not-read')

export const intentAttributes = (record: IntentRecord, at: Instant): Attributes => ({
  lever: leverKey(record.intent.change.lever),
  planId: record.intent.plan,
  portfolio: record.intent.portfolio,
  ...valueAttributes('from', record.intent.change.from),
  ...valueAttributes('to', record.intent.change.to),
  isSettled: isFinal(record.outcome),
  outcome: record.outcome?.kind ?? 'pending',
  asOf: isoInstant(at),
  record: canonicalJson(record),
  // What is not settled stays until it is: it may be money that nobody has counted yet.
  expiresAt: isFinal(record.outcome) ? expiresAfter(at, KEPT_DAYS.record) : undefined,
  schemaVersion: MONEY_SCHEMA,
})
export const readIntent = (item: Item): IntentRecord => parseCanonical<IntentRecord>(textIn(item, 'record'))

const exposureAttributes = ({ exposure, cap }: { exposure: Money; cap?: Money }): Attributes => ({
  exposureMicros: exposure.micros,
  capMicros: cap?.micros,
  currency: exposure.currency,
})

function readExposure(item: Item): { exposure: Money; cap?: Money } {
  const currency = textIn(item, 'currency') as CurrencyCode
  const exposure = money(bigintIn(item, 'exposureMicros'), currency)
  return item.capMicros ? { exposure, cap: money(bigintIn(item, 'capMicros'), currency) } : { exposure }
}

export const accountDayAttributes = (day: AccountDayLedger, at: Instant): Attributes => ({
  date: day.date,
  ...exposureAttributes(day),
  version: day.version,
  asOf: isoInstant(at),
  expiresAt: expiresAfterDate(day.date, KEPT_DAYS.record),
  schemaVersion: MONEY_SCHEMA,
})
export const readAccountDay = (item: Item, { account, date }: Pick<AccountDayLedger, 'account' | 'date'>) =>
  ({ account, date, ...readExposure(item), version: integerIn(item, 'version') }) satisfies AccountDayLedger

export const portfolioDayAttributes = (day: PortfolioDayLedger, at: Instant): Attributes => ({
  date: day.date,
  ...exposureAttributes(day),
  rates: canonicalJson(day.rates),
  version: day.version,
  asOf: isoInstant(at),
  expiresAt: expiresAfterDate(day.date, KEPT_DAYS.record),
  schemaVersion: MONEY_SCHEMA,
})
export const readPortfolioDay = (item: Item, { portfolio, date }: Pick<PortfolioDayLedger, 'portfolio' | 'date'>) =>
  ({
    portfolio,
    date,
    ...readExposure(item),
    rates: parseCanonical<readonly ExchangeRate[]>(textIn(item, 'rates')),
    version: integerIn(item, 'version'),
  }) satisfies PortfolioDayLedger

export const progressAttributes = (progress: PlanProgress, at: Instant): Attributes => ({
  version: progress.version,
  freedMicros: progress.freed.micros,
  raisedMicros: progress.raised.micros,
  currency: progress.freed.currency,
  asOf: isoInstant(at),
  record: canonicalJson(progress),
  expiresAt: expiresAfter(at, KEPT_DAYS.record),
  schemaVersion: MONEY_SCHEMA,
})
export const readProgress = (item: Item): PlanProgress => parseCanonical<PlanProgress>(textIn(item, 'record'))
