import { type Freeze, scopesOf } from '../model/freeze.ts'
import type { Lever } from '../model/lever.ts'
import { campaignsMovedBy } from '../model/lever-place.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { Loop } from './loop.ts'

/** Why a lever may not be pushed; undefined where no freeze covers it. */
export type Frozen = (lever: Lever) => string | undefined

/**
 * One look at the freezes, for these levers of an account. A freeze of a campaign covers the levers that move it, and no
 * others; one of the account, of its platform or of everything covers all of them.
 */
export async function frozenAmong(levers: readonly Lever[], structure: AccountStructure, loop: Loop): Promise<Frozen> {
  const { account } = structure
  const campaigns = levers.flatMap((lever) => campaignsMovedBy(structure, lever))
  const freezes = await loop.freezes.active(scopesOf(account, [...new Set(campaigns)]))
  if (freezes.length === 0) return () => undefined
  return (lever) => {
    const scopes = scopesOf(account, campaignsMovedBy(structure, lever))
    const freeze = freezes.find(({ scope }) => scopes.includes(scope))
    return freeze && freezeText(freeze)
  }
}

const freezeText = ({ scope, by, reason }: Freeze): string => `${scope} is frozen by ${by}: ${reason}`
