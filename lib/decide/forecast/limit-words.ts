import type { Limit } from '../allocation/problem.ts'
import type { GroupTerms } from '../portfolio-groups.ts'
import type { DayCaps } from './caps.ts'

/** Stable name of a limit of more than one budget. */
export function limitName(limit: Limit, terms: readonly GroupTerms[], caps: DayCaps | undefined): string {
  switch (limit.kind) {
    case 'group-minimum':
    case 'group-maximum':
      return terms[limit.group]?.name ?? 'group'
    case 'growth-room':
      return caps?.owners[limit.room] ? 'account-day-cap' : 'portfolio-day-cap'
    default:
      return limit.kind
  }
}

/** The same for the person who asks why. */
export function limitText(limit: Limit, terms: readonly GroupTerms[], caps: DayCaps | undefined): string {
  switch (limit.kind) {
    case 'total':
      return 'the portfolio has no more to spend'
    case 'group-minimum':
      return terms[limit.group]?.detail.atLeast || 'the least that all must spend'
    case 'group-maximum':
      return terms[limit.group]?.detail.atMost || 'the most that all may spend'
    case 'growth-room':
      return `the dayCap of ${caps?.owners[limit.room]?.account ?? 'the portfolio'} leaves budgets no more room`
    case 'average-ceiling':
      return 'the target CPA or ROAS of the policy, on average'
    case 'marginal-floor':
      return 'the next unit of money would bring less than the policy asks of it'
    case 'lever-minimums':
      return `the least that ${limit.count} budgets may be`
    case 'lever-maximums':
      return `${limit.count} ${limit.count === 1 ? 'budget spends' : 'budgets spend'} the most that they may or can`
    case 'no-return':
      return 'more money would bring nothing'
  }
}
