import type { Loop } from '../../lib/control/loop.ts'

/** A loop whose days are not open, although the stage has opened them. */
export function closedDays(loop: Loop, ...which: readonly ('accountDay' | 'portfolioDay')[]): Loop {
  const { money } = loop
  const none = Object.fromEntries(which.map((one) => [one, async () => undefined]))
  return { ...loop, money: { ...money, ...none, commit: ({ unopened: _, ...one }) => money.commit(one) } }
}
