import { amountWords, counted, signed } from '../charts/figures.ts'
import { intervalMark } from '../charts/marks.ts'
import { type Markup, markup, trusted } from '../charts/markup.ts'
import { sparkline, sparklineMessage } from '../charts/sparkline.ts'
import type { MoveLine, RunReport } from '../run-report.ts'
import { budgetPaths } from './budget-paths.ts'
import { accountWords, at, details, empty, lead, named, section } from './parts.ts'

const PATHS = 12

export function movesSection(report: RunReport): Markup {
  const { moves, turns } = report
  if (moves.length === 0)
    return section('moves', 'Largest moves', empty('No budget was changed in this run.'), pathsOf(report))
  return section(
    'moves',
    'Largest moves',
    lead(
      `The largest move of ${counted(moves.length, 'budget')}, by expected effect; ${counted(turns.changesApplied, 'change')} ${turns.changesApplied === 1 ? 'was' : 'were'} applied in all. The line beside each is the expected effect with its 80\u00a0% interval, all on one scale.`,
    ),
    markup`<ol class="moves">${moves.map((move) => moveItem(move, report))}</ol>`,
    pathsOf(report),
  )
}

function moveItem(move: MoveLine, { goal, currency, moves, accounts }: RunReport): Markup {
  const { name, account, from, to, change, why, expected, outcome, inAll } = move
  const unit = goal === 'value' ? `${currency} of value a day` : 'conversions a day'
  return markup`<li><div class="move"><h3>${named(name)}</h3>
<p class="shift"><span>${amountWords(from)}</span> → <strong>${amountWords(to)}</strong>${change !== '' && markup` <span class="badge">${change}</span>`}</p>
<p class="soft">${at(move.at)} · ${accountWords(account, accounts)}${outcome !== '' && ` · ${outcome}`}</p>
<p>${named(why)}</p>
${inAll.moves > 1 && markup`<p class="soft">Over the run: ${amountWords(inAll.from)} → ${amountWords(inAll.to)} in ${counted(inAll.moves, 'move')}</p>`}</div>
<div class="effect">${trusted(
    intervalMark(
      expected,
      moves.map((one) => one.expected),
    ),
  )}
<p><strong>${signed(expected.mean, 2)}</strong> ${unit} expected <span class="soft block">80\u00a0%: ${signed(expected.low, 2)} to ${signed(expected.high, 2)}</span></p></div></li>
`
}

/** How the budgets that moved furthest got there. */
function pathsOf(report: RunReport): Markup | undefined {
  const paths = budgetPaths(report).slice(0, PATHS)
  if (paths.length === 0) return undefined
  return markup`${details(
    `Paths of the ${counted(paths.length, 'budget')} that moved furthest from where they began`,
    markup`<ul class="paths">${paths.map((path, i) => markup`<li><h3>${named(path.name)}</h3>${trusted(sparkline(path, { id: `path-${i}`, width: 240 }))}<p class="soft">${sparklineMessage(path).slice(path.name.length + 2)}</p></li>`)}</ul>`,
  )}`
}
