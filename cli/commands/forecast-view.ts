import type { CampaignShift, Comparison, Shift } from '../../lib/decide/forecast/compare.ts'
import { seenUpTo } from '../../lib/decide/forecast/doubt.ts'
import type { Forecast, ForecastPoint, ImpossibleTotal } from '../../lib/decide/forecast/forecast.ts'
import { amountText, numberText } from '../../lib/decide/words.ts'
import type { BindingGuardrail } from '../../lib/model/plan.ts'
import { fromMainUnits } from '../../lib/units/money.ts'
import type { Paint } from '../terminal/paint.ts'
import { table } from '../terminal/table.ts'
import type { ShownForecast } from './forecast.ts'
import type { Asked } from './forecast-asked.ts'
import { intervalChart } from './forecast-chart.ts'

/** Campaigns that a list names; `--all` names each. */
const SHOWN = 10

interface Page extends ShownForecast {
  readonly found: Forecast
  readonly paint: Paint
  readonly showAll: boolean
}

/** The curve, then where the money between the two totals goes, then what stands against it or is not known. */
export function forecastText(shown: ShownForecast, paint: Paint, showAll: boolean): string {
  const { version, asked, found } = shown
  const { portfolio, mode, flight } = version.policy
  const head = `${paint.bold(`Portfolio ${portfolio}`)} · ${mode} · policy: ${amountText(flight.total)} from ${flight.from} to ${flight.to}`
  if (found.kind === 'none') return `${head}\nNo forecast: ${found.why}.`
  const page = { ...shown, found, paint, showAll }
  return [
    head,
    `Incremental ${found.goal.kind} per ${frameText(asked)}, with 80 % intervals, once budgets have followed the total:`,
    curveTable(page),
    ...impossibleLines(page),
    '',
    intervalChart(found.points.flatMap((one) => (one.kind === 'point' ? [chartRow(page, one)] : []))),
    ...comparisonLines(page),
    ...doubtLines(page),
    '',
    paint.dim(
      'Ordinary days in the long run: daily steps, freezes, learning phases and holds pass; least and largest budgets, groups, shares and caps stay.',
    ),
    ...found.caveats.map((one) => paint.dim(`Left out: ${one}`)),
  ].join('\n')
}

const frameText = ({ frame, flightDays }: Asked): string => (frame === 'day' ? 'day' : `flight of ${flightDays} days`)
const timesOf = ({ frame, flightDays }: Asked): number => (frame === 'day' ? 1 : flightDays)

const money = ({ found }: Page, units: number): string => {
  const text = amountText(fromMainUnits(Math.abs(units), found.currency, 'half-even'))
  return units < 0 ? `−${text}` : text
}

/** An outcome of the shown time: a count, or main units of the base currency. */
function outcomeText(page: Page, perDay: number): string {
  const value = perDay * timesOf(page.asked)
  const size = Math.abs(value)
  const text = size >= 100 ? size.toFixed(0) : numberText(size)
  // What rounds to nothing has no sign.
  return value < 0 && Number(text) > 0 ? `−${text}` : text
}

/** What an outcome is counted in, after its figure. */
const unitText = ({ found }: Page): string =>
  found.goal.kind === 'conversions' ? 'conversions' : `${found.currency} of ${found.goal.kind}`

const signed = (text: string): string => (text.startsWith('−') ? text : `+${text}`)

const rangeText = (page: Page, { low, high }: { readonly low: number; readonly high: number }): string =>
  `${outcomeText(page, low)} to ${outcomeText(page, high)}`

const outcomeHead = ({ found: { goal, currency } }: Page): string =>
  goal.kind === 'conversions' ? goal.kind : `${goal.kind}, ${currency}`

function curveTable(page: Page): string {
  const { found, asked } = page
  const { kind } = found.goal
  const [next, average] =
    kind === 'conversions'
      ? ['next CPA', 'average CPA']
      : kind === 'value'
        ? ['next ROAS', 'average ROAS']
        : [`next margin per ${found.currency}`, `profit per ${found.currency}`]
  return table(
    ['', asked.frame === 'day' ? 'a day' : 'total', outcomeHead(page), '80 % interval', next, average, 'unspent'],
    [
      pointRow(page, found.standing, 'as it stands'),
      ...found.points.map((one) =>
        one.kind === 'point' ? pointRow(page, one, labelOf(page, one)) : missing(page, one),
      ),
    ],
  )
}

/** Against the policy's total: `+15.0 %`. */
function labelOf({ asked }: Page, { total }: { readonly total: number }): string {
  if (Math.abs(total / asked.policy - 1) < 5e-4) return 'policy'
  const share = 100 * (total / asked.policy - 1)
  return `${share < 0 ? '−' : '+'}${Math.abs(share).toFixed(1)} %`
}

const missing = (page: Page, one: ImpossibleTotal): readonly string[] => [
  labelOf(page, one),
  money(page, one.total * timesOf(page.asked)),
  ...['—', '—', '—', '—', '—'],
]

function pointRow(page: Page, point: ForecastPoint, label: string): readonly string[] {
  const times = timesOf(page.asked)
  return [
    label,
    money(page, point.total * times),
    outcomeText(page, point.outcome.mean),
    rangeText(page, point.outcome),
    label === 'as it stands' ? '—' : nextText(page, point.marginalReturn),
    averageText(page, point.spend, point.outcome.mean),
    point.unspent > 1e-6 * point.total ? money(page, point.unspent * times) : '—',
  ]
}

/** What one further conversion costs, or one further unit of money brings. */
function nextText(page: Page, marginalReturn: number): string {
  if (marginalReturn <= 0) return '—'
  const { kind } = page.found.goal
  if (kind === 'conversions') return money(page, 1 / marginalReturn)
  return kind === 'value' ? `${Math.round(100 * marginalReturn)} %` : numberText(marginalReturn)
}

function averageText(page: Page, spend: number, outcome: number): string {
  const { kind } = page.found.goal
  if (spend <= 0 || (kind === 'conversions' && outcome <= 0)) return '—'
  if (kind === 'conversions') return money(page, spend / outcome)
  if (kind === 'value') return `${Math.round((100 * outcome) / spend)} %`
  return `${outcome < 0 ? '−' : ''}${numberText(Math.abs(outcome / spend))}`
}

const impossibleLines = (page: Page): readonly string[] => {
  const least = page.found.points.filter((one) => one.kind === 'impossible').at(-1)
  if (!least) return []
  return [`  — cannot be had: ${least.detail}, ${money(page, least.least * timesOf(page.asked))} in all`]
}

const chartRow = (page: Page, { total, outcome }: ForecastPoint) => ({
  label: money(page, total * timesOf(page.asked)),
  ...outcome,
})

function comparisonLines(page: Page): readonly string[] {
  const { comparison, paint, asked } = page
  if (!comparison) return []
  const times = timesOf(asked)
  const { from, to, spend, outcome } = comparison
  if (comparison.campaigns.length === 0)
    return [
      '',
      paint.bold(`From ${money(page, from.total * times)} to ${money(page, to.total * times)}: nothing changes.`),
      ...unspentLine(page, to),
      ...boundLines(page, to),
    ]
  const change = `${signed(outcomeText(page, outcome.mean))} ${unitText(page)}`
  const interval = `80 %: ${rangeText(page, outcome)}`
  return [
    '',
    paint.bold(`From ${money(page, from.total * times)} to ${money(page, to.total * times)}: ${change} (${interval})`),
    `  ${signed(money(page, spend * times))} of spend${perFurther(page, comparison)}.`,
    ...unspentLine(page, to),
    ...boundLines(page, to),
    '',
    `${spend >= 0 ? 'Where it goes' : 'Where it comes from'}, a day:`,
    shiftTable(page, 'platform', [...comparison.platforms]),
    '',
    campaignTable(page, comparison),
  ]
}

const perFurther = (page: Page, { spend, outcome }: Shift): string =>
  page.found.goal.kind === 'conversions' && spend * outcome.mean > 0
    ? `, ${money(page, spend / outcome.mean)} for each ${spend > 0 ? 'further' : 'lost'} conversion`
    : ''

function unspentLine(page: Page, { unspent, unspentBecause, total }: ForecastPoint): readonly string[] {
  if (unspent <= 1e-6 * total) return []
  const because = unspentBecause.length > 0 ? `: ${unspentBecause.join('; ')}` : ''
  return [`  ${money(page, unspent * timesOf(page.asked))} stay unspent${because}.`]
}

const boundLines = (page: Page, { binding }: ForecastPoint): readonly string[] =>
  binding.map(({ name, detail, worthPerUnit = 0 }) => {
    const worth =
      worthPerUnit > 0
        ? `; ${money(page, 100)} a day of room would be worth ${numberText(100 * worthPerUnit)} ${unitText(page)} a day`
        : ''
    return `  limit: ${name}: ${detail}${worth}`
  })

const shiftTable = (page: Page, head: string, parts: readonly (readonly [string, Shift])[]): string =>
  table(
    [head, 'spend', outcomeHead(page), '80 % interval'],
    parts.map(([name, one]) => [name, signed(money(page, one.spend)), ...shiftCells(page, one)]),
  )

/** Of one day, whatever time is shown. */
const shiftCells = (page: Page, { outcome: { mean, low, high } }: Shift): readonly string[] => {
  const day = { ...page, asked: { ...page.asked, frame: 'day' as const } }
  return [signed(outcomeText(day, mean)), rangeText(day, { low, high })]
}

function campaignTable(page: Page, { campaigns }: Comparison): string {
  const listed = page.showAll ? campaigns : campaigns.slice(0, SHOWN)
  const rows = listed.map((one) => [
    one.budget.question.budget.name,
    one.budget.account,
    signed(money(page, one.spend)),
    `${money(page, one.from)} → ${money(page, one.to)}`,
    ...shiftCells(page, one),
    noteOf(page, one),
  ])
  const head = ['campaign', 'account', 'spend', 'from → to', outcomeHead(page), '80 % interval', 'note']
  const rest = campaigns.length - listed.length
  return [table(head, rows), ...(rest > 0 ? [`  … and ${rest} more (--all lists each)`] : [])].join('\n')
}

const noteOf = (page: Page, { budget, limits, isBeyondSeen }: CampaignShift): string =>
  [
    ...(isBeyondSeen ? [`beyond what was seen, ${money(page, seenUpTo(budget))}`] : []),
    ...limits.map(({ name }: BindingGuardrail) => name),
    ...(budget.wanting > 0 ? ['not enough data'] : []),
  ].join(', ')

function doubtLines(page: Page): readonly string[] {
  const { found, comparison, asked, showAll } = page
  const wanting = found.standing.campaigns.map(({ budget }) => budget).filter((one) => one.wanting > 0)
  const listed = showAll ? wanting : wanting.slice(0, SHOWN)
  const beyond = comparison?.to.beyondSeenShare ?? 0
  return [
    ...(beyond > 0
      ? [
          '',
          `${Math.round(100 * beyond)} % of ${money(page, (comparison?.to.total ?? 0) * timesOf(asked))} would go beyond what was seen of their campaigns (1.5 times the best 14 days): nothing in the data says what happens there, and the intervals are wider for it.`,
        ]
      : []),
    ...(listed.length > 0 ? [''] : []),
    ...listed.map(
      ({ question, account, wanting: more }) =>
        `  ${account} ${question.budget.name}: not enough data: needs ${more} more conversions`,
    ),
    ...(wanting.length > listed.length ? [`  … and ${wanting.length - listed.length} more (--all lists each)`] : []),
  ]
}
