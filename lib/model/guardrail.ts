import { type CurrencyCode, type Money, money } from '../units/money.ts'

/** `pass`: it let the decision be. `clamp`: the value stands at its bound. `block`: it kept the lever from being moved. */
export type Verdict = 'pass' | 'clamp' | 'block'

/** One guardrail's say on one decision. */
export interface GuardrailVerdict {
  readonly name: GuardrailName
  readonly verdict: Verdict
  readonly detail: string
  readonly atLeast?: Money
  readonly atMost?: Money
}

/**
 * Every guardrail, in the order in which they are asked; what stands at the end is looked at for a whole plan. Codes are
 * how stored plans name them: a code is never given to another guardrail.
 */
const LIST = [
  ['outside-flight', 'fl', 'inside the flight'],
  ['observe-only', 'mo', 'the mode lets budgets be moved'],
  ['frozen', 'fz', 'nothing is frozen'],
  ['account-blocked', 'ab', 'the account takes writes'],
  ['no-caps', 'nc', 'account and portfolio have a dayCap'],
  ['stale-data', 'sd', 'what was read is new enough'],
  ['unreconciled-data', 'ud', 'all spend belongs to a campaign'],
  ['not-managed', 'nm', 'it is managed by this portfolio alone'],
  ['unsupported-budget', 'ub', 'it is a daily budget'],
  ['paused', 'pa', 'something that it feeds is running'],
  ['in-experiment', 'ex', 'no test is running on it'],
  ['not-honoured', 'nh', 'the platform honours it'],
  ['pending-outcome', 'po', 'no earlier push is open'],
  ['magnitude', 'mg', 'its size fits what it was'],
  ['event', 'ev', 'no schedule or event stands against it'],
  ['human-hold', 'hh', 'nobody has moved it lately'],
  ['over-cap', 'oc', 'what cannot be moved leaves room under the day’s cap'],
  ['data-break', 'db', 'its conversions can be trusted'],
  ['learning', 'lp', 'it is not in a learning phase'],
  ['too-little-history', 'lh', 'there is history enough'],
  ['often-changed', 'oe', 'it has not been moved too often today'],
  ['not-steered', 'ns', 'the policy steers it'],
  ['between-decisions', 'bd', 'the day’s decision is being taken'],
  ['step', 'st', 'largest step of one decision'],
  ['day-rise', 'dr', 'largest rise of one day, all decisions together'],
  ['platform-minimum', 'pm', 'the platform accepts no smaller budget'],
  ['platform-maximum', 'px', 'the platform accepts no larger budget'],
  ['spent-today', 'sp', 'the platform takes it beside what is spent today'],
  ['minimum', 'mi', 'least budget of the policy'],
  ['maximum', 'ma', 'largest budget of the policy'],
  ['bounds', 'bo', 'the policy’s bounds of this budget'],
  ['class-share', 'cs', 'share that its class came with'],
  ['not-limited-by-budget', 'nl', 'it spends its budget'],
  ['headroom', 'hr', 'what its target or bid leaves unused'],
  ['implausible', 'im', 'no error of a few times its size'],
  ['day-ahead', 'da', 'the day does not run ahead'],
  ['caps', 'cb', 'nobody set it outside the caps'],
  ['guardrail', 'gr', 'the limits do not contradict each other'],
  ['account-day-cap', 'ac', 'the account’s dayCap'],
  ['portfolio-day-cap', 'pc', 'the portfolio’s dayCap'],
  ['shared-cap', 'sc', 'the caps that budgets share'],
  ['groups', 'gg', 'groups, commitments and ceilings'],
  ['within-deadband', 'wd', 'the move is worth making'],
  ['change-limit', 'cl', 'changes of one plan'],
  ['dead-zone', 'dz', 'pushed outside the dead zone around the account’s midnight'],
] as const

export type GuardrailName = (typeof LIST)[number][0]

export const GUARDRAIL_NAMES: readonly GuardrailName[] = LIST.map(([name]) => name)
const CODES: ReadonlyMap<string, string> = new Map(LIST.map(([name, code]) => [name, code]))
const BY_CODE: ReadonlyMap<string, (typeof LIST)[number]> = new Map(LIST.map((one) => [one[1], one]))

export const isGuardrail = (name: string): name is GuardrailName => CODES.has(name)

/**
 * Verdicts as a plan keeps them: `fl.fz.st~<120000000` and so on, code, verdict and bounds in micros; details only
 * where they cannot be told from the decision and the list above. Ten thousand levers have twenty each.
 */
export type PackedGuardrails = string & { readonly __brand: 'PackedGuardrails' }

const SIGNS: Readonly<Record<Verdict, string>> = { pass: '.', clamp: '~', block: '!' }
const VERDICTS: Readonly<Record<string, Verdict>> = { '.': 'pass', '~': 'clamp', '!': 'block' }

export interface PackedVerdict extends Omit<GuardrailVerdict, 'detail'> {
  readonly detail?: string
}

export const packGuardrails = (verdicts: readonly PackedVerdict[]): PackedGuardrails =>
  verdicts.map(packed).join('') as PackedGuardrails

const packed = ({ name, verdict, atLeast, atMost, detail }: PackedVerdict): string =>
  [
    CODES.get(name),
    SIGNS[verdict],
    atLeast ? `>${atLeast.micros}${atLeast.currency}` : '',
    atMost ? `<${atMost.micros}${atMost.currency}` : '',
    detail === undefined ? '' : JSON.stringify(detail),
  ].join('')

const TOKEN = /([a-z]{2})([.~!])(?:>(-?\d+)([A-Z]{3}))?(?:<(-?\d+)([A-Z]{3}))?("(?:[^"\\]|\\.)*")?/gy

/** @throws RangeError for text that `packGuardrails` has not written */
export function unpackGuardrails(text: PackedGuardrails): readonly PackedVerdict[] {
  const found = [...text.matchAll(TOKEN)]
  if (found.reduce((length, [token]) => length + token.length, 0) !== text.length)
    throw new RangeError(`not a list of guardrails: "${text.slice(0, 80)}"`)
  return found.map(([token, code = '', sign = '', least, leastIn, most, mostIn, detail]) => {
    const entry = BY_CODE.get(code)
    const verdict = VERDICTS[sign]
    if (!entry || !verdict) throw new RangeError(`no guardrail has the code of "${token}"`)
    return {
      name: entry[0],
      verdict,
      ...(least === undefined ? {} : { atLeast: money(BigInt(least), leastIn as CurrencyCode) }),
      ...(most === undefined ? {} : { atMost: money(BigInt(most), mostIn as CurrencyCode) }),
      ...(detail === undefined ? {} : { detail: JSON.parse(detail) as string }),
    }
  })
}

/** Whether a guardrail stands against the decision: such a one is never pushed. */
export const isBlocked = (text: PackedGuardrails | undefined): boolean =>
  text !== undefined && unpackGuardrails(text).some(({ verdict }) => verdict === 'block')

/** What a guardrail asks, where nothing more can be said. */
export const guardrailWords = (name: GuardrailName): string => BY_CODE.get(CODES.get(name)!)![2]
