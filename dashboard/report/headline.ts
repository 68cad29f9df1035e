import { change, counted, day, money, number, percent, ratio, shortDay, signedPercent } from '../charts/figures.ts'
import { type Markup, markup, type Part } from '../charts/markup.ts'
import type { PeriodFigures, RunReport } from '../run-report.ts'
import { named } from './parts.ts'

/** Spends further apart than this are not called the same. */
const SAME_SPEND = 0.005

const caused = ({ goal }: RunReport, figures: PeriodFigures): number =>
  goal === 'value' ? figures.incrementalValue : figures.incremental

/** The one sentence that a reader takes away. */
export function headlineWords(report: RunReport): string {
  const { goal, sluice, untouched } = report
  const gain = change(caused(report, untouched), caused(report, sluice))
  const what = goal === 'value' ? 'conversion value' : 'conversions'
  if (gain === undefined) return 'The effect on the outcome is unknown'
  const size = percent(Math.abs(gain))
  const money = spendWords(untouched.spendDifference)
  if (Math.abs(gain) < 0.0005) return `As much ${what} ${money}`
  return `${size} ${gain > 0 ? 'more' : goal === 'value' ? 'less' : 'fewer'} ${what} ${money}`
}

/** @param difference (untouched − Sluice) / Sluice */
function spendWords(difference: number): string {
  if (Math.abs(difference) < SAME_SPEND) return 'from the same spend'
  return `from ${percent(Math.abs(difference))} ${difference < 0 ? 'more' : 'less'} spend`
}

export function header(report: RunReport): Markup {
  const { scenario, mode, from, to, days, seed, portfolio } = report
  return markup`<header>
<p class="eyebrow"><span class="brand">Sluice</span> <span>Run report</span> <span class="badge">Simulated market</span> <span class="badge">Mode: ${mode}</span></p>
<h1>${headlineWords(report)}</h1>
<p class="standfirst">${standfirst(report)}</p>
<p class="soft">Portfolio ${named(portfolio)} · ${counted(days, 'day')}, ${shortDay(from)} to ${day(to)} · scenario ${named(scenario)}, seed ${String(seed)}</p>
${tiles(report)}
</header>
`
}

function standfirst(report: RunReport): string {
  const { days, currency, goal, sluice, untouched } = report
  if (goal === 'value')
    return `Over ${counted(days, 'day')} the spend caused ${money(sluice.incrementalValue, currency)} of conversion value, where the same accounts left untouched would have caused ${money(untouched.incrementalValue, currency)}.`
  const cost = (figures: PeriodFigures): string => money(ratio(figures.spend, figures.incremental), currency, 2)
  return `Over ${counted(days, 'day')} the spend caused ${number(sluice.incremental)} conversions at ${cost(sluice)} each, where the same accounts left untouched would have caused ${number(untouched.incremental)} at ${cost(untouched)} each.`
}

const tile = (name: string, value: string, note: Part): Markup =>
  markup`<div class="tile"><dt>${name}</dt><dd><span class="figure">${value}</span><span class="soft">${note}</span></dd></div>`

function tiles(report: RunReport): Markup {
  const { currency, sluice, untouched, pacing, turns, invariants } = report
  const last = pacing.at(-1)
  const cost = (figures: PeriodFigures): number | undefined => ratio(figures.spend, figures.incremental)
  const roas = (figures: PeriodFigures): number | undefined => ratio(figures.incrementalValue, figures.spend)
  const held = invariants.filter((one) => one.held).length
  return markup`<dl class="tiles">
${tile('Cost per conversion', money(cost(sluice), currency, 2), `${signedPercent(change(cost(untouched), cost(sluice)))} against untouched`)}
${tile('Incremental ROAS', number(roas(sluice), 2), `${signedPercent(change(roas(untouched), roas(sluice)))} against untouched`)}
${tile('Spend', money(sluice.spend, currency), last ? `${signedPercent(change(last.targetToDate, last.spendToDate))} against plan` : 'no plan is known')}
${tile('Budget changes', number(turns.changesApplied), `in ${counted(turns.plans, 'plan')}`)}
${tile('Safety checks', `${number(held)} of ${number(invariants.length)}`, held === invariants.length ? '✓ all held' : '✗ not all held')}
</dl>`
}
