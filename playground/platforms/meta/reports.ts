import type { AccountDate, Instant } from '../../../lib/units/calendar.ts'
import type { WorldAccount } from '../../world.ts'
import { reportNotReady } from './errors.ts'
import type { InsightsReport } from './insights.ts'
import type { ReportNode } from './nodes.ts'

interface Order {
  readonly account: WorldAccount
  readonly from: AccountDate
  readonly to: AccountDate
  readonly requestedAt: Instant
  readonly startedMs: number
  readonly report: InsightsReport
}

/**
 * Reports made in the background. How long one takes is real time, not the world's: a client that polls must not wait for a
 * clock that stands still meanwhile.
 */
export class ReportDesk {
  private readonly jobMs: number
  private readonly orders = new Map<string, Order>()
  constructor(jobMs: number) {
    this.jobMs = jobMs
  }

  open(order: Omit<Order, 'startedMs'>): string {
    const id = `6${(this.orders.size + 1).toString().padStart(14, '0')}`
    this.orders.set(id, { ...order, startedMs: performance.now() })
    return id
  }

  find(id: string): ReportNode | undefined {
    const order = this.orders.get(id)
    if (!order) return undefined
    const share = this.jobMs <= 0 ? 1 : Math.min(1, (performance.now() - order.startedMs) / this.jobMs)
    const status = share >= 1 ? 'Job Completed' : share > 0.1 ? 'Job Running' : 'Job Not Started'
    const { account, from, to, requestedAt } = order
    return { kind: 'report', account, id, from, to, requestedAt, status, percent: Math.floor(100 * share) }
  }

  /** @throws GraphError while the report is not complete */
  result(node: ReportNode): InsightsReport {
    if (node.percent < 100) throw reportNotReady()
    const found = this.orders.get(node.id)
    if (!found) throw reportNotReady()
    return found.report
  }
}
