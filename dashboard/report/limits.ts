import { counted, day, money, number } from '../charts/figures.ts'
import { type Markup, markup, type Part } from '../charts/markup.ts'
import type { LandingLine, LimitedByLine, LimitLine, RunReport } from '../run-report.ts'
import { details, empty, lead, named, section, table } from './parts.ts'

/** Names that a row lists before it counts the rest. */
const NAMED = 6

/** Where the flight was seen to land, what bound the portfolio and what more of it was worth, and what limits each budget. */
export function limitsSection(report: RunReport): Markup {
  const { landings = [], limits = [], limitedBy = [] } = report
  if (landings.length + limits.length + limitedBy.length === 0)
    return section(
      'limits',
      'Landing and limits',
      empty('No plan of this run says where the flight lands or what limits it.'),
    )
  return section(
    'limits',
    'Landing and limits',
    landingLead(report),
    limits.length > 0 &&
      table(
        'What bound the portfolio as a whole, by days',
        [
          { title: 'Limit' },
          { title: 'What it says', kind: 'words' },
          { title: 'Days', kind: 'number' },
          { title: worthHead(report), kind: 'number' },
        ],
        limits.map((one) => limitRow(one, report)),
      ),
    limitedBy.length > 0 &&
      table(
        'What kept budgets from bringing more, by the last plan',
        [{ title: 'Limited by' }, { title: 'Budgets', kind: 'number' }, { title: 'Which', kind: 'words' }],
        limitedBy.map(limitedRow),
      ),
    landingDetails(report),
  )
}

function landingLead({ landings = [], currency, flightTotal }: RunReport): Part {
  const [first, last] = [landings[0], landings.at(-1)]
  if (!first || !last) return undefined
  const words = ({ date, mean, low, high }: LandingLine): string =>
    `on ${day(date)} at ${money(mean, currency)} (80\u00a0%: ${money(low, currency)} to ${money(high, currency)})`
  const then = last === first ? '' : `, ${words(last)}`
  return lead(`The flight was expected to land, ${words(first)}${then}; its total is ${money(flightTotal, currency)}.`)
}

const LANDING_COLUMNS = ['Lands at', '80\u00a0% from', 'to', 'Unspent that day']

const landingDetails = ({ landings = [], currency }: RunReport): Part =>
  landings.length > 0 &&
  details(
    'Landing as each day’s plan saw it',
    table(
      'Expected landing of the flight, by plan',
      [{ title: 'Plan of' }, ...LANDING_COLUMNS.map((title) => ({ title, kind: 'number' }) as const)],
      landings.map(({ date, mean, low, high, unspent }) => [
        day(date),
        ...[mean, low, high, unspent].map((amount) => money(amount, currency)),
      ]),
    ),
  )

const worthHead = ({ goal, currency }: RunReport): string =>
  `100 ${currency} more a day, ${goal === 'value' ? `${currency} of value` : 'conversions'} a day`

const limitRow = ({ name, detail, days, worthPerUnit }: LimitLine, { goal }: RunReport): readonly Part[] => [
  named(name),
  named(detail),
  number(days),
  worthPerUnit === undefined
    ? markup`<span class="soft">— cannot be said</span>`
    : `+${number(100 * worthPerUnit, goal === 'value' ? 0 : 2)}`,
]

const limitedRow = ({ by, budgets }: LimitedByLine): readonly Part[] => [
  `its ${by}`,
  number(budgets.length),
  markup`${budgets.slice(0, NAMED).map((name, i) => markup`${i > 0 && ', '}${named(name)}`)}${budgets.length > NAMED && ` and ${counted(budgets.length - NAMED, 'other')}`}`,
]
