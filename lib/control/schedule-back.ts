import { accountKey, type PortfolioId } from '../model/account.ts'
import type { WriteResult } from '../model/failure.ts'
import type { LeverKey } from '../model/lever.ts'
import type { ScheduledRaise } from '../model/scheduled-raise.ts'
import type { AccountStructure } from '../model/structure.ts'
import { dateAt, type Instant } from '../units/calendar.ts'
import { commitFresh } from './commit.ts'
import type { Loop } from './loop.ts'
import { policiesOf } from './portfolios.ts'
import { gone, withRaises } from './raises.ts'
import { announcementOf, detailOf, settlement } from './schedule-place.ts'
import { steeringOf } from './steering.ts'

export interface ToTakeBack {
  readonly key: LeverKey
  readonly raise: ScheduledRaise
  readonly portfolio: PortfolioId
  readonly why: string
}

/**
 * Takes a schedule of ours back: written down, sent once, and counted until the platform says that it is gone or a pull no
 * longer finds it. What does not come through is tried again after the next pull: what is gone cannot go twice.
 */
export async function takeBackSchedule(
  one: ToTakeBack,
  structure: AccountStructure,
  since: Instant,
  loop: Loop,
): Promise<WriteResult['kind'] | 'not-there'> {
  const { account, zone } = structure
  const noted = await commitFresh(loop, `taking back a schedule of ${one.key}`, async () => {
    const state = (await loop.money.levers(account, [one.key])).get(one.key)
    const there = state?.raises?.find(({ id, gone: since }) => id === one.raise.id && since === undefined)
    if (!state || !there) return undefined
    const raises = (state.raises ?? []).map((raise) => (raise === there ? { ...raise, leaving: true as const } : raise))
    const next = withRaises({ ...state, version: state.version + 1 }, raises)
    const entries = [announcementOf(there, 'taking back', one.why)]
    const levers = [{ next, expected: state.version }]
    return { commit: { chain: accountKey(account), at: loop.clock.now(), levers, intents: [], entries } }
  })
  if (!noted) return 'not-there'
  const result = await send(one, structure, since, loop)
  const policies = await loop.policies.all()
  const version = policies.find(({ policy }) => policy.portfolio === one.portfolio)
  if (!version) return result.kind
  const steering = steeringOf(version, policiesOf(policies, account), account, loop)
  await commitFresh(loop, `settling a schedule of ${one.key}`, async () => {
    const now = loop.clock.now()
    const date = dateAt(now, zone)
    const state = (await loop.money.levers(account, [one.key])).get(one.key)
    const there = state?.raises?.find(({ id, leaving }) => id === one.raise.id && leaving)
    if (!state || !there) return undefined
    const raises =
      result.kind === 'applied'
        ? (state.raises ?? []).flatMap((raise) => (raise === there ? gone(raise, date) : [raise]))
        : (state.raises ?? [])
    const entry = announcementOf(there, result.kind === 'applied' ? 'taken back' : result.kind, detailOf(result))
    return settlement(there, state, raises, entry, { steering, structure, date, now, loop })
  })
  return result.kind
}

/** Under a freeze too: it can only make less be spent. */
async function send(
  { raise }: ToTakeBack,
  { account }: AccountStructure,
  since: Instant,
  loop: Loop,
): Promise<WriteResult> {
  const { writer } = loop.platforms(account.platform)
  const notSent = (detail: string): WriteResult => ({ kind: 'refused', failure: { kind: 'transient', detail } })
  if (loop.clock.now() > since + loop.timing.runLimitMs) return notSent('not sent: the run was out of time')
  return writer.withdraw && raise.id !== undefined
    ? writer.withdraw(account, raise.id)
    : notSent('not sent: the platform takes no schedule back')
}
