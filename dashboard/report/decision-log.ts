import { amountWords, counted, day } from '../charts/figures.ts'
import { type Markup, markup } from '../charts/markup.ts'
import type { DecisionLine, RunReport } from '../run-report.ts'
import { accountWords, at, empty, lead, named, section } from './parts.ts'

/** Every decision, folded by day, so that a closed day costs nothing to lay out. */
export function decisionsSection(report: RunReport): Markup {
  const { decisions } = report
  if (decisions.length === 0)
    return section('decisions', 'Decision log', empty('No plan was made, so nothing was decided.'))
  const plans = new Set(decisions.map(({ plan }) => plan)).size
  const days = [...Map.groupBy(decisions, ({ at }) => at.slice(0, 10))]
  const changes = decisions.filter(({ decision }) => decision === 'change').length
  const keys = [...new Set(decisions.map(({ account }) => account))]
  return section(
    'decisions',
    'Decision log',
    lead(
      `${counted(decisions.length, 'decision')} in ${counted(plans, 'plan')}: ${counted(changes, 'change')} and ${counted(decisions.length - changes, 'hold')}. Every managed budget is in every daily plan, with its reason.`,
    ),
    filterForm(report, keys),
    markup`<div id="log">${days.map(([date, lines]) => dayDetails(date, lines, keys))}</div>`,
    markup`<p class="print-only">The decision log is left out of the printed page; it is in the file.</p>`,
  )
}

/** Shown by the script only: without it nothing could answer. */
const filterForm = ({ accounts }: RunReport, keys: readonly string[]): Markup =>
  markup`<form id="filter" role="search" aria-label="Decision log" hidden>
<p><label for="filter-text">Text in name or reason</label><input id="filter-text" type="search" autocomplete="off" spellcheck="false"></p>
<p><label for="filter-decision">Decision</label><select id="filter-decision"><option value="">Changes and holds</option><option value="change">Changes</option><option value="hold">Holds</option></select></p>
<p><label for="filter-account">Account</label><select id="filter-account"><option value="">All accounts</option>${keys.map((key, i) => markup`<option value="${i}">${accounts.find((one) => one.key === key)?.name ?? key}</option>`)}</select></p>
<p><button type="reset">Clear</button></p>
<p id="filter-status" role="status"></p>
</form>`

function dayDetails(date: string, lines: readonly DecisionLine[], keys: readonly string[]): Markup {
  const plans = [...Map.groupBy(lines, ({ plan }) => plan).values()]
  const changes = lines.filter(({ decision }) => decision === 'change').length
  const counts = [
    counted(changes, 'change'),
    counted(lines.length - changes, 'hold'),
    ...(plans.length > 1 ? [counted(plans.length, 'plan')] : []),
  ]
  return markup`<details class="plan"><summary>${day(date)} <span class="soft">${counts.join(', ')}</span> <span class="matches"></span></summary>
${plans.map((plan) => planTable(plan, keys))}</details>
`
}

function planTable(lines: readonly DecisionLine[], keys: readonly string[]): Markup {
  const [first] = lines
  return markup`<table><caption>Plan of ${first && at(first.at)} <span class="lever">${first?.plan}</span></caption><thead><tr><th scope="col">Budget</th><th scope="col">Decision</th><th scope="col">From → to</th><th scope="col">Reason</th></tr></thead><tbody>
${lines.map((line) => decisionRow(line, keys.indexOf(line.account)))}</tbody></table>`
}

function decisionRow(
  { account, name, lever, decision, from, to, reason, outcome }: DecisionLine,
  index: number,
): Markup {
  const moved =
    to === undefined
      ? markup`<span class="soft">unchanged</span>`
      : markup`${from !== undefined && amountWords(from)} → <strong>${amountWords(to)}</strong>`
  const became = decision === 'change' ? (outcome ?? 'outcome unknown') : undefined
  return markup`<tr data-d="${decision}" data-a="${String(index)}"><th scope="row">${named(name)} <span class="soft block">${accountWords(account, [])} · ${lever}</span></th><td>${decision}${became && markup` <span class="soft block">${became}</span>`}</td><td class="shift">${moved}</td><td>${named(reason)}</td></tr>
`
}
