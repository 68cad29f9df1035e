import type { MovedLever, NotUndone, RollbackDraft } from '../../lib/control/rollback.ts'
import { amountText, valueWords } from '../../lib/decide/words.ts'
import { accountKey } from '../../lib/model/account.ts'
import { leverKey, sameValue } from '../../lib/model/lever.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import { isoInstant } from '../../lib/units/calendar.ts'
import type { Paint } from '../terminal/paint.ts'
import { JSON_SCHEMA } from './exit.ts'
import { planJson, planText, type ShownPlan } from './plan-view.ts'

/** What goes back, what does not and why, and what no rollback can undo. */
export function rollbackText(of: PlanHeader, draft: RollbackDraft, shown: ShownPlan, paint: Paint): string {
  return [
    paint.bold(`Rollback of plan ${of.id}, made ${isoInstant(of.madeAt)} (${of.occasion})`),
    ...draft.back.map(
      ({ decision: { name, change } }) =>
        `  = ${accountKey(change.lever.account)} ${name}  stands at ${valueWords(change.from)} again already`,
    ),
    planText(shown, paint, true),
    '',
    paint.bold('What a rollback does not undo:'),
    ...draft.notUndone.flatMap(notUndoneLines),
    '  - what was spent since the plan was applied, and what the platforms have learned from it',
  ].join('\n')
}

const notUndoneLines = ({ account, exposure, until, spentToday }: NotUndone): readonly string[] => [
  ...(exposure.micros > 0n
    ? [
        `  - ${account}: until ${isoInstant(until)} the day may still cost ${amountText(exposure)} more at worst than at the values before: a platform may spend by the highest budget of the day. Only a pause stops that`,
      ]
    : []),
  ...(spentToday.micros > 0n
    ? [`  - ${account}: ${amountText(spentToday)} that these budgets have spent today by the last reading`]
    : []),
]

/** One line for each lever that has moved since: its value then and now, whose doing that is, and what can be done. */
export const movedLines = ({ moved }: RollbackDraft): readonly string[] =>
  moved.map((one) => {
    const { decision, stored } = one.made
    return `  ! ${accountKey(decision.change.lever.account)} ${decision.name}  left at ${valueWords(stored)}, ${nowText(one)}${whoseText(one)}: ${remedyOf(one)}`
  })

function nowText({ now, made }: MovedLever): string {
  if (!now) return 'now gone'
  return sameValue(now, made.stored) ? 'moved away and back since' : `now ${valueWords(now)}`
}

function whoseText({ byPlan, drift }: MovedLever): string {
  if (byPlan) return `, by plan ${byPlan}`
  if (!drift) return ''
  return `, by ${drift.actor ?? 'somebody'}, ${drift.changedAt ? `at ${isoInstant(drift.changedAt)}` : `seen ${isoInstant(drift.seenAt)}`}`
}

export function remedyOf({ byPlan, now }: MovedLever): string {
  if (now === undefined) return 'nothing is left to set; leave it out with --rest'
  return byPlan
    ? `roll plan ${byPlan} back first, or leave it out with --rest`
    : 'set it at the platform, or leave it out with --rest'
}

const amountJson = ({ micros, currency }: NotUndone['exposure']) => ({ micros: micros.toString(), currency })

/** @param rejected changes of the plan that are not made any more */
export const rollbackJson = (
  of: PlanHeader,
  draft: RollbackDraft,
  shown: ShownPlan,
  result: string,
  rejected: number,
) => ({
  schemaVersion: JSON_SCHEMA,
  command: 'rollback',
  of: of.id,
  result,
  rejected,
  plan: shown.header.id,
  draft: planJson(shown),
  moved: draft.moved.map((one) => ({
    lever: leverKey(one.made.decision.change.lever),
    name: one.made.decision.name,
    left: valueWords(one.made.stored),
    now: one.now ? valueWords(one.now) : null,
    byPlan: one.byPlan ?? null,
    actor: one.drift?.actor ?? null,
    remedy: remedyOf(one),
  })),
  back: draft.back.map(({ decision }) => leverKey(decision.change.lever)),
  notUndone: draft.notUndone.map(({ account, exposure, until, spentToday }) => ({
    account,
    exposure: amountJson(exposure),
    until: isoInstant(until),
    spentToday: amountJson(spentToday),
  })),
})
