import type { AccountDate, Instant } from '../../../lib/units/calendar.ts'
import type { WorldAccount } from '../../world.ts'
import { reportNotReady } from './errors.ts'
import type { ReportNode } from './nodes.ts'

type InsightRow = Readonly<Record<string, unknown>>

interface Report {
  readonly account: WorldAccount
  readonly from: AccountDate
  readonly to: AccountDate
  readonly requestedAt: Instant
  readonly startedMs: number
  readonly rows: readonly InsightRow[]
}

/**
 * Reports made in the background. How long one takes is real time, not the world's: a client that polls must not wait for a
 * clock that stands still meanwhile.
 */
export class ReportDesk {
  private readonly jobMs: number
  private readonly reports = new Map<string, Report>()
  constructor(jobMs: number) {
    this.jobMs = jobMs
  }

  open(report: Omit<Report, 'startedMs'>): string {
    const id = `6${(this.reports.size + 1).toString().padStart(14, '0')}`
    this.reports.set(id, { ...report, startedMs: performance.now() })
    return id
  }

  find(id: string): ReportNode | undefined {
    const report = this.reports.get(id)
    if (!report) return undefined
    const share = this.jobMs <= 0 ? 1 : Math.min(1, (performance.now() - report.startedMs) / this.jobMs)
    const status = share >= 1 ? 'Job Completed' : share > 0.1 ? 'Job Running' : 'Job Not Started'
    const { account, from, to, requestedAt } = report
    return { kind: 'report', account, id, from, to, requestedAt, status, percent: Math.floor(100 * share) }
  }

  /** @throws GraphError while the report is not complete */
  rows(node: ReportNode): readonly InsightRow[] {
    if (node.percent < 100) throw reportNotReady()
    return this.reports.get(node.id)?.rows ?? []
  }
}
