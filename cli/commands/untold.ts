import type { Loop } from '../../lib/control/loop.ts'
import { type AccountKey, accountKey } from '../../lib/model/account.ts'
import { type BreakerName, breakersOf } from '../../lib/model/breakers.ts'
import type { Untold } from '../../lib/model/capability.ts'

/** What a breaker cannot know of an account, because its platform does not tell. */
export interface UntoldOf {
  readonly account: AccountKey
  readonly rule: BreakerName
  readonly what: string
}

const RULES: readonly (readonly [Untold, BreakerName, string])[] = [
  [
    'disapproved-ads',
    'notServing',
    'whether single ads were let through: it trips where the campaign does not serve at all',
  ],
  ['changes', 'oscillation', 'who changed what: it goes by our own pushes and by what pulls see moved'],
]

/** Of the accounts of every portfolio in which the breaker is on. A breaker that is quiet there says less than elsewhere. */
export async function untoldIn(desk: Loop): Promise<readonly UntoldOf[]> {
  const found = new Map<string, UntoldOf>()
  for (const { policy } of await desk.policies.all())
    for (const { account } of policy.accounts)
      for (const [untold, rule, what] of RULES) {
        if (breakersOf(policy)[rule].action === 'off') continue
        if (!desk.platforms(account.platform).capabilities.untold?.has(untold)) continue
        const key = accountKey(account)
        found.set(`${rule} ${key}`, { account: key, rule, what })
      }
  return [...found.values()]
}

/** One line for each breaker, with its accounts. */
export const untoldLines = (untold: readonly UntoldOf[]): readonly string[] =>
  [...Map.groupBy(untold, ({ rule }) => rule)].map(
    ([rule, of]) => `Not told by ${of.map(({ account }) => account).join(', ')}, for ${rule}: ${of[0]?.what}.`,
  )
