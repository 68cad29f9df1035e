import { amountWords, counted, number } from '../charts/figures.ts'
import { type Markup, markup } from '../charts/markup.ts'
import type { RunReport } from '../run-report.ts'
import { accountWords, at, empty, lead, named, section, table } from './parts.ts'

/** `within-deadband` → `Within deadband`. */
const reasonWords = (reason: string): string => {
  const words = reason.replaceAll('-', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

export function holdsSection({ holds }: RunReport): Markup {
  if (holds.length === 0)
    return section('holds', 'Held, and why', empty('Nothing was held: each budget was changed every day.'))
  const days = holds.reduce((sum, { count }) => sum + count, 0)
  return section(
    'holds',
    'Held, and why',
    lead(
      `${counted(days, 'time')} a budget was left as it was on a day’s plan, each time for a reason that is written down.`,
    ),
    table(
      'Reasons for leaving a budget as it was',
      [
        { title: 'Reason' },
        { title: 'Budget-days', kind: 'number' },
        { title: 'Budgets', kind: 'number' },
        { title: 'For example', kind: 'words' },
      ],
      holds.map(({ reason, count, levers, example }) => [
        reasonWords(reason),
        number(count),
        number(levers),
        named(example),
      ]),
    ),
  )
}

export function driftsSection({ drifts, accounts }: RunReport): Markup {
  if (drifts.length === 0)
    return section('drifts', 'Somebody else’s edits', empty('Nobody else edited a managed budget.'))
  return section(
    'drifts',
    'Somebody else’s edits',
    table(
      'Edits that Sluice met',
      [
        { title: 'Budget' },
        { title: 'When' },
        { title: 'Edit', kind: 'nowrap' },
        { title: 'By' },
        { title: 'What Sluice did', kind: 'words' },
      ],
      drifts.map((one) => [
        markup`${named(one.name)} <span class="soft block">${accountWords(one.account, accounts)}</span>`,
        at(one.at),
        `${amountWords(one.from)} → ${amountWords(one.to)}`,
        one.actor === undefined ? '— not named by the platform' : named(one.actor),
        markup`<strong>${reasonWords(one.resolution)}</strong>: ${named(one.detail)}`,
      ]),
    ),
  )
}

export function refusalsSection({ refusals, turns, accounts }: RunReport): Markup {
  const { ran, failed, deadLetters, failures } = turns
  return section(
    'refusals',
    'Refusals and failures',
    lead(
      `${counted(ran, 'turn')} ran and ${number(failed)} failed and ${failed === 1 ? 'was' : 'were'} tried again; ${counted(deadLetters, 'message')} went to a dead-letter queue.`,
    ),
    refusals.length === 0
      ? empty('No platform refused a change.')
      : table(
          'Changes decided, but not pushed',
          [
            { title: 'Account' },
            { title: 'When' },
            { title: 'Outcome' },
            { title: 'What the platform said', kind: 'words' },
          ],
          refusals.map((one) => [
            accountWords(one.account, accounts),
            at(one.at),
            one.outcome,
            markup`${named(one.detail)} <span class="soft block lever">${one.lever}</span>`,
          ]),
        ),
    failures.length > 0 &&
      table(
        'Turns that failed',
        [{ title: 'Stage' }, { title: 'Times', kind: 'number' }, { title: 'Of' }, { title: 'Message', kind: 'words' }],
        failures.map(({ stage, key, count, message }) => [stage, number(count), key, named(message)]),
      ),
  )
}

export function invariantsSection({ invariants }: RunReport): Markup {
  const broken = invariants.filter(({ held }) => !held).length
  if (invariants.length === 0)
    return section(
      'invariants',
      'What must always hold',
      empty('Nothing was checked: whether the run was safe is unknown.'),
    )
  return section(
    'invariants',
    'What must always hold',
    lead(
      broken === 0
        ? `All ${counted(invariants.length, 'check')} held.`
        : `${number(broken)} of ${counted(invariants.length, 'check')} broke.`,
    ),
    markup`<ul class="checks">${invariants.map(({ name, held, detail }) => markup`<li class="${held ? 'held' : 'broken'}"><span class="verdict">${held ? '✓ held' : '✗ broken'}</span> <span>${named(name)}</span> <span class="soft">${named(detail)}</span></li>`)}</ul>`,
  )
}
