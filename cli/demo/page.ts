import type { MoveLine, PeriodFigures, RunReport } from '../../dashboard/run-report.ts'
import { type Paint, plain } from '../terminal/paint.ts'
import { table } from '../terminal/table.ts'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const tenths = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const share = (a: number, b: number): string => {
  const change = (100 * (a - b)) / b
  return `${change >= 0 ? '+' : '−'}${tenths.format(Math.abs(change))} %`
}
const perConversion = ({ spend, incremental }: PeriodFigures): number => spend / incremental
const roas = ({ spend, incrementalValue }: PeriodFigures): number => incrementalValue / spend
const claimedOf = ({ claimed }: PeriodFigures): number => Object.values(claimed).reduce((a, b) => a + b, 0)

/** The page that a run ends with: what a marketer asks first comes first, and nothing is coloured only. */
export function reportPage(report: RunReport, paint: Paint = plain): string {
  return [
    headline(report, paint),
    section('Before and after', paint),
    beforeAfter(report),
    section('Spend against budget', paint),
    pacingLine(report),
    section(`The largest moves (${report.turns.changesApplied} were made in all)`, paint),
    ...report.moves.map((move, i) => moveLine(move, i, report, paint)),
    section('Held, and why', paint),
    holds(report),
    section('Somebody else’s edits', paint),
    ...drifts(report),
    section('Decided, but not pushed', paint),
    ...refusals(report),
    section('Turns that failed', paint),
    ...failures(report),
    section('Claimed, ordered, incremental', paint),
    counts(report),
    section('What must always hold', paint),
    ...report.invariants.map(
      ({ name, held, detail }) => `  ${held ? paint.good('✓ held  ') : paint.bad('✗ BROKEN')} ${name} — ${detail}`,
    ),
    '',
  ].join('\n')
}

const section = (title: string, paint: Paint): string => `\n${paint.bold(title)}`

function headline(report: RunReport, paint: Paint): string {
  const { sluice, untouched, accounts, days, from, to, currency } = report
  const gain = share(sluice.incremental, untouched.incremental)
  const lines = [
    paint.bold(`Sluice · ${report.scenario} · ${days} days, ${from} to ${to} · seed ${report.seed}`),
    ...accounts.map(
      (a) => `  ${a.name} (${a.key}): ${a.campaigns} campaigns, ${a.budgets} budgets, ${a.currency}, ${a.zone}`,
    ),
    ...(report.rates.length > 0
      ? [`  Last exchange rates: ${report.rates.join('; ')}; each decision carries its own`]
      : []),
    '',
    paint.bold(`  At equal spend, Sluice caused ${gain} conversions against the untouched accounts:`),
    `  ${whole.format(sluice.incremental)} instead of ${whole.format(untouched.incremental)}, at ${cents.format(perConversion(sluice))} ${currency} each instead of ${cents.format(perConversion(untouched))} ${currency}.`,
    '  (Untouched: same seed, same draws of chance for each campaign, the initial budgets times',
    `  ${untouched.budgetFactor.toFixed(4)} so that the spend is equal to ${(100 * Math.abs(untouched.spendDifference)).toFixed(2)} %. “Caused” is what the market knows and no platform does.)`,
  ]
  return lines.join('\n')
}

function beforeAfter({ before, sluice, untouched, days, currency }: RunReport): string {
  const row = (name: string, of: (p: PeriodFigures) => number, format: (n: number) => string): readonly string[] => [
    name,
    format(of(before)),
    format(of(sluice)),
    format(of(untouched)),
    share(of(sluice), of(untouched)),
  ]
  return table(
    ['', `${days} days before`, 'with Sluice', 'untouched', 'Sluice vs untouched'],
    [
      row(`spend, ${currency}`, (p) => p.spend, whole.format),
      row('conversions caused', (p) => p.incremental, whole.format),
      row(`cost per conversion caused, ${currency}`, perConversion, cents.format),
      row('incremental ROAS', roas, cents.format),
      row('conversions claimed', claimedOf, whole.format),
      row(`claimed CPA, ${currency}`, (p) => p.spend / claimedOf(p), cents.format),
    ],
  )
}

function pacingLine({ pacing, flightTotal, currency }: RunReport): string {
  const last = pacing.at(-1)
  if (!last) return '  no day has ended yet: pacing is unknown'
  const { spendToDate, targetToDate } = last
  return [
    `  ${whole.format(spendToDate)} ${currency} spent of ${whole.format(targetToDate)} ${currency} planned by ${last.date} (${tenths.format((100 * spendToDate) / targetToDate)} %); the flight’s total is ${whole.format(flightTotal)} ${currency}${spendToDate > flightTotal ? ', which planning aims at; what no day passes are the caps' : ''}.`,
    `  ${pacingBar(spendToDate / targetToDate)}`,
  ].join('\n')
}

/** Forty cells are the plan; what goes past it is marked. */
function pacingBar(ratio: number): string {
  const filled = Math.round(40 * Math.min(1.25, Math.max(0, ratio)))
  return `[${'█'.repeat(Math.min(40, filled))}${'░'.repeat(Math.max(0, 40 - filled))}]${'▓'.repeat(Math.max(0, filled - 40))}`
}

function moveLine(
  { at, account, name, from, to, why, expected, inAll }: MoveLine,
  index: number,
  { goal }: RunReport,
  paint: Paint,
): string {
  const unit = goal === 'value' ? 'of value' : 'conversions'
  const effect = `${signed(expected.mean)} ${unit} a day expected (80 %: ${signed(expected.low)} to ${signed(expected.high)})`
  return [
    `  ${String(index + 1).padStart(2)}. ${paint.bold(name)}  ${from} → ${to}   ${at.slice(0, 10)} · ${account.split(':')[0]}`,
    `      ${why}`,
    `      ${effect}; over the run ${inAll.from} → ${inAll.to} in ${inAll.moves} moves`,
  ].join('\n')
}

const signed = (n: number): string => `${n < 0 ? '−' : '+'}${Math.abs(n).toFixed(2)}`

function holds({ holds: lines }: RunReport): string {
  if (lines.length === 0) return '  nothing was held'
  return table(
    ['reason', 'lever-days', 'levers', 'for example'],
    lines.map(({ reason, count, levers, example }) => [
      reason,
      whole.format(count),
      whole.format(levers),
      shortened(example),
    ]),
  )
}

const shortened = (text: string): string => (text.length <= 100 ? text : `${text.slice(0, 99)}…`)

function drifts({ drifts: lines }: RunReport): readonly string[] {
  if (lines.length === 0) return ['  none was met']
  return lines.map(
    ({ at, name, from, to, actor, resolution, detail }) =>
      `  ${at}  ${name}: ${from} → ${to} by ${actor ?? 'somebody the platform does not name'} — ${resolution}: ${detail}`,
  )
}

function refusals({ refusals: lines }: RunReport): readonly string[] {
  if (lines.length === 0) return ['  nothing was refused']
  const shown = lines
    .slice(0, 8)
    .map(({ at, lever, outcome, detail }) => `  ${at}  ${lever} — ${outcome}: ${shortened(detail)}`)
  const more = lines.length > 8 ? [`  … and ${lines.length - 8} more: see the decision log in the report`] : []
  return [...shown, ...more]
}

/** Turns that failed: tried again by the queue, and after five times left to the next tick. */
function failures({ turns }: RunReport): readonly string[] {
  if (turns.failures.length === 0) return ['  none']
  const lines = turns.failures.map(
    ({ stage, key, count, message }) =>
      `  ${stage} of ${key} failed ${count} times and was tried again: ${shortened(message)}`,
  )
  if (turns.deadLetters === 0) return lines
  return [...lines, `  ${turns.deadLetters} messages were given up after five tries; a later tick did their work.`]
}

function counts({ sluice, before, untouched }: RunReport): string {
  const platforms = Object.keys(sluice.claimed)
  const rows: (readonly string[])[] = [
    ...platforms.map((name) => [
      `claimed by ${name}`,
      ...[before, sluice, untouched].map((p) => whole.format(p.claimed[name] ?? 0)),
    ]),
    ['ordered in the shop (organic included)', ...[before, sluice, untouched].map((p) => whole.format(p.ordered))],
    ['  of which refunded by now', ...[before, sluice, untouched].map((p) => whole.format(p.refunded))],
    ['caused by the spend', ...[before, sluice, untouched].map((p) => whole.format(p.incremental))],
  ]
  return table(['', 'before', 'with Sluice', 'untouched'], rows)
}
