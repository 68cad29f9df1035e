import { type AccountRef, accountKey } from '../model/account.ts'
import type { PlanHeader, PlanProgress } from '../model/plan.ts'
import type { Policy, PolicyVersion } from '../model/policy.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { StageMessage } from '../model/turn.ts'
import { dateAt, type Instant } from '../units/calendar.ts'
import { announceEvents } from './announce.ts'
import type { NextChunk } from './chunk.ts'
import { mayPushNow, openPlans } from './dispatch.ts'
import { onlyPauses, onlyStops } from './due-ends.ts'
import { frozenAmong } from './frozen.ts'
import { giveUpChunk } from './give-up.ts'
import { keepStops } from './keep-stops.ts'
import { portfolioDayOf } from './ledger-step.ts'
import type { Loop } from './loop.ts'
import { policiesOf } from './portfolios.ts'
import { pushReserved } from './push.ts'
import { reserve } from './reserve.ts'
import { keepSchedules } from './schedules.ts'
import { shadowChunk } from './shadow.ts'
import { type Steering, steeringOf } from './steering.ts'
import type { Summary } from './summary.ts'

const IMPORTED =
  'the account was imported from files, which is read-only: connect and pull it before anything is pushed'
/** Raises wait this long for the cuts of other accounts; then they go as far as what is freed allows. */
const WAIT_FOR_CUTS_SHARE = 0.5

/**
 * Applies the next chunk (at most 25 levers) of one approved plan to one account, and announces the chunk after it. Cuts
 * come first, and raises only into the headroom that verified cuts and the plan's own growth leave.
 */
export async function actOnAccount(account: AccountRef, message: StageMessage, loop: Loop): Promise<Summary> {
  const since = loop.clock.now()
  const structure = await loop.facts.structure(account)
  if (!structure) return { chunks: 0, why: 'not pulled yet' }
  // No item in the ledger, no push of what costs money. The next pull opens the day; until then there are only pauses.
  const today = dateAt(loop.clock.now(), structure.zone)
  const isImported = structure.source === 'import'
  // Of what comes from files nothing is ever pushed: no ledger has to be open for what would be done.
  const isOpen = isImported || (await loop.money.accountDay(account, today)) !== undefined
  const policies = policiesOf(await loop.policies.all(), account)
  for (const version of policies) {
    const day = await portfolioDayOf(version, loop)
    for (const header of await openPlans(version.policy, loop.clock.now(), loop)) {
      if (loop.asked && loop.asked.plan !== header.id) continue
      // Between two daily decisions there are orders back to the caps and the guard's cuts, which wait for nobody's day.
      if (!day && header.occasion === 'daily') continue
      const next = await nextChunk(header, version.policy, structure, { isOpen, since, onlyCuts: !day }, loop)
      if (!next) continue
      const summary = isImported
        ? await passImported(next, structure, loop)
        : await actOnChunk(next, steeringOf(version, policies, account, loop), structure, loop)
      // Where the account itself was refused, the next chunk would be too: that is for the next tick to try.
      if (summary.accountRefused === undefined) await loop.queue.send([{ ...message, attempt: message.attempt + 1 }])
      return summary
    }
  }
  if (isImported) return { chunks: 0, why: IMPORTED }
  if (!isOpen) return { chunks: 0, why: 'the day is not open yet' }
  return {
    chunks: 0,
    ...(await keepSchedules(structure, loop)),
    ...(await announceAll(policies, structure, loop)),
    ...(await keepStops(structure, loop)),
  }
}

/** In shadow it is recorded as any other; in any other mode it is refused, and the audit says why. */
const passImported = (next: NextChunk, structure: AccountStructure, loop: Loop): Promise<Summary> =>
  next.header.mode === 'shadow' ? shadowChunk(next, structure, loop) : giveUpChunk(next, structure, IMPORTED, loop)

/** Last, when nothing is left to be pushed: no announcement keeps a cut waiting. */
async function announceAll(
  policies: readonly PolicyVersion[],
  structure: AccountStructure,
  loop: Loop,
): Promise<Summary> {
  if (loop.asked) return {}
  let summary: Summary = {}
  for (const version of policies)
    for (const header of await openPlans(version.policy, loop.clock.now(), loop))
      summary = { ...summary, ...(await announceEvents(header, version, policies, structure, loop)) }
  return summary
}

async function nextChunk(
  header: PlanHeader,
  policy: Policy,
  { account, zone }: AccountStructure,
  { isOpen, since, onlyCuts }: { readonly isOpen: boolean; readonly since: Instant; readonly onlyCuts: boolean },
  loop: Loop,
): Promise<NextChunk | undefined> {
  const now = loop.clock.now()
  const key = accountKey(account)
  const chunks = header.accounts.find((one) => one.account === key)?.chunks ?? []
  const progress = await loop.plans.progress(header.id)
  const index = progress?.cursors[key] ?? 0
  const next = chunks[index]
  if (!next || (onlyCuts && next.phase !== 'cut')) return undefined
  if (next.phase === 'raise' && cutsAreOpen(header, progress) && !waitedEnough(header, now)) return undefined
  const mayPush = (only?: 'stops' | 'pauses'): boolean => mayPushNow(header, policy, zone, now, loop.asked?.now, only)
  if (isOpen && mayPush()) return { header, chunk: await loop.plans.chunk(header, key, index), progress, since }
  if (next.phase !== 'cut' || !mayPush('pauses')) return undefined
  const chunk = await loop.plans.chunk(header, key, index)
  const maySend = onlyPauses(chunk) || (isOpen && mayPush('stops') && onlyStops(chunk))
  return maySend ? { header, chunk, progress, since } : undefined
}

/** Whether cuts of any account are still to be made or verified. */
function cutsAreOpen(header: PlanHeader, progress: PlanProgress | undefined): boolean {
  return header.accounts.some(({ account, chunks }) => {
    const cursor = progress?.cursors[account] ?? 0
    const unsent = chunks.slice(cursor).some(({ phase }) => phase === 'cut')
    return unsent || (progress?.openCuts[account] ?? 0) > 0
  })
}

const waitedEnough = ({ madeAt, expiresAt }: PlanHeader, now: number): boolean =>
  now > madeAt + WAIT_FOR_CUTS_SHARE * (expiresAt - madeAt)

async function actOnChunk(
  next: NextChunk,
  steering: Steering,
  structure: AccountStructure,
  loop: Loop,
): Promise<Summary> {
  const { header, chunk } = next
  if (header.mode === 'shadow') return shadowChunk(next, structure, loop)
  if (header.policyVersion !== steering.version.version)
    return giveUpChunk(next, structure, 'the policy changed since the plan was made', loop)
  const levers = chunk.changes.map(({ change }) => change.lever)
  // First of the looks at the freezes: nothing is reserved for what may not be pushed anyway.
  const frozen = await frozenAmong(levers, structure, loop)
  const reasons = levers.map(frozen)
  if (reasons[0] && reasons.every((why) => why)) return giveUpChunk(next, structure, reasons[0], loop)
  const { reserved, there } = await reserve(next, steering, structure, loop, frozen)
  const outcomes = await pushReserved(reserved, steering, structure, loop)
  return {
    plan: header.id,
    chunk: chunk.index,
    phase: chunk.phase,
    ...outcomes,
    ...(there > 0 ? { alreadyThere: there } : {}),
    dropped: chunk.changes.length - reserved.length - there,
  }
}
