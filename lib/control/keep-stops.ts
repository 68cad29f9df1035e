import type { StopStep } from '../decide/spend-stops.ts'
import { type AccountRef, accountKey, type PortfolioId } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import { PlatformError, type WriteResult } from '../model/failure.ts'
import { scopesOf } from '../model/freeze.ts'
import type { StandingStop } from '../model/spend-stop.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { PlatformWriter } from '../ports/platform.ts'
import type { Instant } from '../units/calendar.ts'
import { commitFresh } from './commit.ts'
import { asksForStops, dueStops } from './due-stops.ts'
import { failureText } from './failure-text.ts'
import type { Loop } from './loop.ts'
import { detailOf } from './schedule-place.ts'
import type { Summary } from './summary.ts'

/**
 * Brings the rules that pause at the platform itself to what the policies want: read afresh, each step written down, then
 * sent once. What has no certain answer is seen by the next pull; a rule that came to stand twice does no harm and is
 * removed. They can only make less be spent, and yet nothing is written under a freeze of the account: what stands there
 * goes on standing.
 */
export async function keepStops(structure: AccountStructure, loop: Loop): Promise<Summary> {
  const { account } = structure
  const { reader, writer } = loop.platforms(account.platform)
  const { keepStop, removeStop } = writer
  if (!reader.spendStops || !keepStop || !removeStop || loop.asked) return {}
  const policies = await loop.policies.all()
  if (!asksForStops(policies, structure, (await loop.facts.pullStatus(account))?.stops)) return {}
  const since = loop.clock.now()
  const standing = await read(structure, loop)
  if (typeof standing === 'string') return { stops: standing }
  const due = dueStops(standing, structure, policies, await loop.money.allLevers(account), loop)
  const counts: Record<string, number> = {}
  for (const [portfolio, steps] of due)
    for (const step of steps) {
      const result = await take(step, portfolio, account, since, { keepStop, removeStop }, loop)
      const what = `stop-${step.kind}-${result.kind}`
      counts[what] = (counts[what] ?? 0) + 1
    }
  return counts
}

async function read({ account }: AccountStructure, loop: Loop): Promise<readonly StandingStop[] | string> {
  try {
    return (await loop.platforms(account.platform).reader.spendStops?.(account, 'write'))?.standing ?? []
  } catch (error) {
    if (error instanceof PlatformError) return failureText(error.failure)
    throw error
  }
}

async function take(
  step: StopStep,
  portfolio: PortfolioId,
  account: AccountRef,
  since: Instant,
  writer: Required<Pick<PlatformWriter, 'keepStop' | 'removeStop'>>,
  loop: Loop,
): Promise<WriteResult> {
  const held = await heldBack(account, since, loop)
  if (held) return held
  await note(entryOf(step, portfolio, 'sending', ''), account, loop)
  // A freeze that was put on meanwhile holds as well.
  const result =
    (await heldBack(account, since, loop)) ??
    (step.kind === 'keep'
      ? await writer.keepStop(account, step.stop, step.id)
      : await writer.removeStop(account, step.standing.id))
  await note(entryOf(step, portfolio, result.kind, detailOf(result)), account, loop)
  return result
}

async function heldBack(account: AccountRef, since: Instant, loop: Loop): Promise<WriteResult | undefined> {
  const notSent = (detail: string): WriteResult => ({ kind: 'refused', failure: { kind: 'transient', detail } })
  if (loop.clock.now() > since + loop.timing.runLimitMs) return notSent('not sent: the run was out of time')
  const [freeze] = await loop.freezes.active(scopesOf(account))
  return freeze && notSent(`not sent: ${freeze.scope} is frozen by ${freeze.by}: ${freeze.reason}`)
}

async function note(entry: AuditEntry, account: AccountRef, loop: Loop): Promise<void> {
  const chain = accountKey(account)
  await commitFresh(loop, `rules of ${chain}`, async () => ({
    commit: { chain, at: loop.clock.now(), levers: [], intents: [], entries: [entry] },
  }))
}

function entryOf(step: StopStep, portfolio: PortfolioId, outcome: string, detail: string): AuditEntry {
  const stop = step.kind === 'keep' ? step.stop : step.standing.stop
  const rule = step.kind === 'keep' ? step.id : step.standing.id
  return {
    kind: 'spend-stop',
    portfolio,
    step: step.kind,
    ...(rule === undefined ? {} : { rule }),
    ...(stop ? { aboveMicros: stop.above.micros.toString() } : {}),
    campaigns: stop?.campaigns.length ?? 0,
    why: step.why,
    outcome,
    detail,
  }
}
