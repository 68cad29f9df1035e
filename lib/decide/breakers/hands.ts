import type { Lever } from '../../model/lever.ts'
import type { Drift } from '../../model/lever-state.ts'
import type { ChangeEvent } from '../../model/structure.ts'
import type { Instant } from '../../units/calendar.ts'
import type { RecentOutcome } from './view.ts'

/**
 * What was changed, where the platform has no change history to tell it: by Sluice as its pushes stood, by others as they
 * were seen by a pull, which does not say who. Several changes between two pulls are seen as one.
 */
export const handsSeen = (outcomes: readonly RecentOutcome[], drifts: readonly Drift[]): readonly ChangeEvent[] => [
  ...outcomes.flatMap(({ change, at, refused }) =>
    refused === undefined ? eventOf(change.lever, at, { actor: 'Sluice', origin: 'ours' }) : [],
  ),
  ...drifts.flatMap(({ lever, seenAt, actor }) =>
    eventOf(lever, seenAt, { actor: actor ?? 'somebody', origin: 'unknown' }),
  ),
]

function eventOf(
  { entity: kind, id, kind: field }: Lever,
  at: Instant,
  by: Pick<ChangeEvent, 'actor' | 'origin'>,
): readonly ChangeEvent[] {
  return kind === 'portfolio-strategy' ? [] : [{ at, ...by, entity: { kind, id }, field }]
}
