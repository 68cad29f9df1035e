import type { World, WorldAccount } from '../../world.ts'
import {
  type AdSetNode,
  type CellNode,
  cellsOf,
  type GraphNode,
  nodeId,
  type ScheduleNode,
  studiesOf,
} from './nodes.ts'

/**
 * Finds ad objects by id alone, as Graph addresses them. Reads the world afresh each time, so that what it hands out is
 * never stale; only the way to an ad set is remembered.
 */
export class Directory {
  private readonly world: World
  private readonly adSetPaths = new Map<string, { readonly account: string; readonly campaign: string }>()
  constructor(world: World) {
    this.world = world
  }

  accounts(): readonly WorldAccount[] {
    return this.world.accounts.filter(({ platform }) => platform === 'meta')
  }

  find(id: string): GraphNode | undefined {
    if (id.startsWith('act_')) {
      const account = this.world.account('meta', id.slice(4))
      return account && { kind: 'account', account }
    }
    return this.campaign(id) ?? this.adSet(id) ?? this.rare(id)
  }

  private campaign(id: string): GraphNode | undefined {
    for (const account of this.accounts()) {
      const campaign = account.campaigns.get(id)
      if (campaign) return { kind: 'campaign', account, campaign }
    }
    return undefined
  }

  private adSet(id: string): AdSetNode | undefined {
    const known = this.adSetAt(id)
    if (known) return known
    this.rememberAdSets()
    return this.adSetAt(id)
  }

  private adSetAt(id: string): AdSetNode | undefined {
    const path = this.adSetPaths.get(id)
    const account = path && this.world.account('meta', path.account)
    const campaign = path && account?.campaigns.get(path.campaign)
    const adGroup = campaign?.adGroups.get(id)
    return account && campaign && adGroup && { kind: 'ad-set', account, campaign, adGroup }
  }

  private rememberAdSets(): void {
    for (const account of this.accounts())
      for (const campaign of account.campaigns.values())
        for (const id of campaign.adGroups.keys())
          this.adSetPaths.set(id, { account: account.id, campaign: campaign.id })
  }

  /** Studies, their cells, budget schedules: few, so looked through. */
  private rare(id: string): GraphNode | undefined {
    for (const account of this.accounts()) {
      const found = [...rareNodes(account)].find((node) => nodeId(node) === id)
      if (found) return found
    }
    return undefined
  }
}

function* rareNodes(account: WorldAccount): Generator<GraphNode> {
  for (const study of studiesOf(account)) {
    yield study
    yield* cellsOf(study) satisfies readonly CellNode[]
  }
  for (const budget of account.budgets.values())
    for (const schedule of budget.schedules)
      yield { kind: 'schedule', account, budget, schedule } satisfies ScheduleNode
}
