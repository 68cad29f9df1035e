/** The policy that Sluice works by in a market: one setting for all families, and what the family gives it to know. */
import { accountKey, portfolioId } from '../../../lib/model/account.ts'
import { Z80 } from '../../../lib/stats/gamma-interval.ts'
import { accountOf, dateOf, RULE, UTC } from './platform.ts'
import { spread, stream } from './random.ts'
import { CHANCE, PLATFORMS, type TrueCampaign, type Truth } from './truth.ts'

export const PORTFOLIO = portfolioId('market')
/** Caps so generous that they never decide. */
const CAP_FACTOR = 1000

/** @param from first day of the month whose flight it is */
export function policyFile(truth: Truth, from: number): object {
  const { family, monthBudget, days, cpaCeiling } = truth
  const until = Math.min(days, from + family.monthDays)
  const money = (monthBudget * (until - from)) / family.monthDays
  const dayCap = `${(CAP_FACTOR * money).toFixed(2)} EUR`
  return {
    portfolio: PORTFOLIO,
    owner: 'bench',
    mode: 'auto',
    baseCurrency: 'EUR',
    zone: UTC,
    goal: { kind: family.goal, ...(cpaCeiling === undefined ? {} : { targetCpa: `${cpaCeiling.toFixed(2)} EUR` }) },
    flight: { from: dateOf(from), to: dateOf(until - 1), total: `${money.toFixed(2)} EUR` },
    dayCap,
    accounts: PLATFORMS.map((_, p) => ({ account: accountKey(accountOf(p)), conversions: RULE, dayCap })),
    members: (['brand', 'retargeting', 'opaque', 'prospecting'] as const).map((name) => ({ name, class: name })),
    events: events(truth, until),
    calibrations: family.claims.liftEvidence ? lifts(truth) : [],
    targets: 'steer',
    // A ceiling on what is claimed: the advertiser takes these claims for caused, as in this family they are.
    ...(cpaCeiling === undefined ? {} : { incrementality: { prospecting: { mean: 1, low: 1, high: 1 } } }),
  }
}

/** Announced promotions up to the end of the month; those that are over explain the days that are learned from. */
function events({ announced }: Truth, until: number): readonly object[] {
  const found: { from: number; to: number; uplift: number }[] = []
  for (let day = 0; day < until; day++) {
    const uplift = announced[day]!
    const last = found.at(-1)
    if (uplift === 1) continue
    if (last && last.to === day - 1 && last.uplift === uplift) last.to = day
    else found.push({ from: day, to: day, uplift })
  }
  return found.map(({ from, to, uplift }, i) => ({
    name: `promotion ${i + 1}`,
    from: dateOf(from),
    to: dateOf(to),
    expectedUplift: uplift,
  }))
}

/** One lift test for each platform and class: the truth with the test's own error, and its 80 % interval. */
function lifts({ campaigns, family, seed }: Truth): readonly object[] {
  const tested = Map.groupBy(campaigns, (one) => `${PLATFORMS[one.platform]} ${one.class}`)
  return [...tested].map(([name, own]) => {
    const first = own[0]!
    const error = stream(seed, CHANCE.lift, first.platform, CLASSES.indexOf(first.class))
    const mean = caused(first) * spread(error, family.claims.liftSd)
    const width = Math.exp(Z80 * family.claims.liftSd)
    return {
      name: `lift ${name}`,
      match: { platform: PLATFORMS[first.platform], class: first.class },
      mean,
      low: mean / width,
      high: mean * width,
    }
  })
}

const CLASSES: readonly TrueCampaign['class'][] = ['brand', 'retargeting', 'prospecting', 'opaque']
/** Share of a campaign's claims that it caused. */
const caused = ({ claimFactor }: TrueCampaign): number => 1 / claimFactor
