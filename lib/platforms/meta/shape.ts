import * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import type { AccountStructure } from '../../model/structure.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Instant, MINUTE_MS } from '../../units/calendar.ts'
import type { Graph } from './graph.ts'
import { AD_SET_STATUSES, id, metaUnits, PAGE_SIZE } from './schema.ts'

/** At which level an account is reported, and how many rows a day to expect at most. */
export interface AccountShape {
  /** Budgets of ad sets ask for rows by ad set; campaigns with their own budget need only campaign rows. */
  readonly level: 'campaign' | 'adset'
  readonly entities: number
}

export interface Shapes {
  of(account: AccountId): Promise<AccountShape>
  /** Spares the next report a listing of its own. */
  remember(structure: AccountStructure): void
}

/** A pull reads the structure and then the report. */
const REMEMBERED_MS = 15 * MINUTE_MS

const heldSchema = z.object({ id, daily_budget: metaUnits.optional(), lifetime_budget: metaUnits.optional() })

export function accountShapes(graph: Graph, clock: Clock): Shapes {
  const known = new Map<AccountId, { readonly shape: AccountShape; readonly at: Instant }>()
  const keep = (account: AccountId, shape: AccountShape): AccountShape => {
    known.set(account, { shape, at: clock.now() })
    return shape
  }
  return {
    async of(account) {
      const remembered = known.get(account)
      if (remembered && clock.now() - remembered.at < REMEMBERED_MS) return remembered.shape
      return keep(account, await readShape(graph, account))
    },
    remember(structure) {
      keep(structure.account.id, {
        level: structure.budgets.some((budget) => budget.owner === 'ad-group') ? 'adset' : 'campaign',
        entities: structure.adGroups.length,
      })
    },
  }
}

async function readShape(graph: Graph, account: AccountId): Promise<AccountShape> {
  const adSets = await graph.all(
    account,
    `act_${account}/adsets`,
    { fields: 'id,daily_budget,lifetime_budget', effective_status: AD_SET_STATUSES, limit: PAGE_SIZE },
    heldSchema,
  )
  const hasOwn = adSets.some((adSet) => (adSet.daily_budget ?? 0n) > 0n || (adSet.lifetime_budget ?? 0n) > 0n)
  return { level: hasOwn ? 'adset' : 'campaign', entities: adSets.length }
}
