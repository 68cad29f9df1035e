import { rejectPlan } from '../../lib/control/approve.ts'
import type { PlanHeader, PlanId } from '../../lib/model/plan.ts'
import type { Instant } from '../../lib/units/calendar.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

/** Nothing more of a plan is pushed, whether it is pending, approved or half done. What it has pushed stays. */
export async function reject(
  id: string,
  { by }: { readonly by: string },
  deployment: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const header = await namedPlan(id, deployment)
  const left = await rejectPlan(header, by, deployment.desk)
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'reject', plan: header.id, rejected: left })
  screen.tell(left === 0 ? nothingLeft(header, deployment.desk.clock.now()) : rejectedText(header, left))
  return EXIT.done
}

/** @throws Error for what is no id, or of no plan in these tables */
export async function namedPlan(id: string, { desk }: Deployment): Promise<PlanHeader> {
  if (!/^[0-9a-f]{24}$/.test(id))
    throw new Error(`"${id}" is not the id of a plan: "sluice status" shows the newest, 24 of 0-9 and a-f`)
  const header = await desk.plans.header(id as PlanId)
  if (!header) throw new Error(`plan ${id} is not in these tables: "sluice status" shows the newest of each portfolio`)
  return header
}

function nothingLeft({ id, approval, expiresAt }: PlanHeader, now: Instant): string {
  const why = ((): string => {
    if (approval.kind === 'superseded') return `plan ${approval.by} has replaced it`
    if (approval.kind === 'rejected') return `${approval.by} has rejected it already`
    return expiresAt <= now ? 'it is out of date' : 'all of it has been gone through'
  })()
  return `nothing more of plan ${id} would be pushed anyway: ${why}. What it has pushed "sluice rollback ${id}" takes back`
}

const rejectedText = ({ id, portfolio, accounts }: PlanHeader, left: number): string =>
  left < accounts.flatMap(({ chunks }) => chunks).reduce((sum, { changes }) => sum + changes, 0)
    ? `plan ${id} is rejected: ${countText(left)} of it will not be pushed. What it has pushed stays: "sluice rollback ${id}" takes that back`
    : `plan ${id} is rejected: nothing of it will be pushed; "sluice plan ${portfolio}" makes a new one`

export const countText = (changes: number): string => `${changes} change${changes === 1 ? '' : 's'}`
