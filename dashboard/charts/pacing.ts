import { scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { change, counted, day, money, number, percent, shortDay, signedMoney, signedPercent } from './figures.ts'
import { emptyChart, type Frame, isCompact, rule, spread, svg, text } from './frame.ts'
import { type Markup, markup, px, rounded } from './markup.ts'

/** Cumulative figures at the end of a date, main units of the base currency. */
export interface PacingPoint {
  readonly date: string
  readonly spendToDate: number
  readonly targetToDate: number
  readonly untouchedToDate?: number | undefined
}

export interface PacingData {
  readonly currency: string
  readonly days: readonly PacingPoint[]
  /** The whole flight's budget. */
  readonly total: number
}

type Point = readonly [dayCount: number, amount: number]

interface Series {
  readonly kind: 'plan' | 'untouched' | 'actual'
  readonly name: string
  readonly points: readonly Point[]
  readonly words: string
}

interface Panel {
  readonly x: (dayCount: number) => number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const SIDE = { wide: { left: 64, right: 186 }, compact: { left: 52, right: 12 } } as const
const KEY_LINE = 20

/** Days of the whole flight: the target is an even share of the total a day. */
export function flightDays({ days, total }: PacingData): number {
  const last = days.at(-1)
  const whole = last && last.targetToDate > 0 ? Math.round((total * days.length) / last.targetToDate) : days.length
  return Math.max(days.length, Number.isFinite(whole) ? whole : 0)
}

/** Where the flight lands if the rest of it is spent as the part so far; unknown without a target. */
export function landing({ days, total }: PacingData): number | undefined {
  const last = days.at(-1)
  return last && last.targetToDate > 0 ? (last.spendToDate / last.targetToDate) * total : undefined
}

/** The chart's message in a sentence. */
export function pacingMessage(data: PacingData): string {
  const { days, currency, total } = data
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return 'No day has ended yet: spend against plan is unknown.'
  const spent = money(last.spendToDate, currency)
  const verdict = planWords(change(last.targetToDate, last.spendToDate))
  if (days.length >= flightDays(data))
    return `Spend is ${spent}, ${verdict} of ${money(total, currency)} for ${shortDay(first.date)} to ${day(last.date)}.`
  return `Spend is ${spent} by ${day(last.date)}, ${verdict} to date of ${money(last.targetToDate, currency)}; on course to land at ${money(landing(data), currency)} of ${money(total, currency)}.`
}

function planWords(share: number | undefined): string {
  if (share === undefined) return 'against an unknown plan'
  if (Math.abs(share) < 0.0005) return 'on the plan'
  return `${percent(Math.abs(share))} ${share > 0 ? 'over' : 'under'} the plan`
}

/** Cumulative spend against plan, and below it how far ahead of or behind the plan each day ended. */
export function pacingChart(data: PacingData, frame: Frame): string {
  const title = pacingMessage(data)
  if (data.days.length === 0) return emptyChart(frame, title)
  const compact = isCompact(frame)
  const series = seriesOf(data)
  const side = compact ? SIDE.compact : SIDE.wide
  const [left, right] = [side.left, frame.width - side.right]
  const x = scaleLinear([0, flightDays(data)], [left, right])
  const top = compact ? 34 + KEY_LINE * series.length : 40
  const upper: Panel = { x, left, right, top, bottom: top + (compact ? 190 : 250) }
  const lower: Panel = { x, left, right, top: upper.bottom + 72, bottom: upper.bottom + 72 + (compact ? 90 : 100) }
  return svg(frame, {
    height: lower.bottom + 12,
    title,
    desc: `Lines over ${counted(data.days.length, 'day')}: spend is solid, the plan dashed${series.some(({ kind }) => kind === 'untouched') ? ', the untouched accounts dotted' : ''}. The lower panel shows the distance from the plan at the end of each day.`,
    body: markup`${cumulative(data, series, upper, compact)}${distance(data, lower, compact)}`,
  })
}

const fromStart = (days: readonly PacingPoint[], of: (point: PacingPoint) => number | undefined): readonly Point[] => [
  [0, 0],
  ...days.flatMap((point, i): Point[] => {
    const amount = of(point)
    return amount === undefined ? [] : [[i + 1, amount]]
  }),
]

/** In the order of drawing: what matters most is on top. */
function seriesOf(data: PacingData): readonly Series[] {
  const { days, currency, total } = data
  const last = days.at(-1)
  const ended = days.length >= flightDays(data)
  const untouched = last?.untouchedToDate
  return [
    {
      kind: 'plan',
      name: ended ? 'Plan' : 'Plan, whole flight',
      words: money(total, currency),
      points: [
        [0, 0],
        [flightDays(data), total],
      ],
    },
    ...(untouched === undefined
      ? []
      : [
          {
            kind: 'untouched' as const,
            name: 'Untouched',
            words: money(untouched, currency),
            points: fromStart(days, (point) => point.untouchedToDate),
          },
        ]),
    {
      kind: 'actual',
      name: ended ? 'Spent' : `Spent by ${shortDay(last?.date ?? '')}`,
      words: `${money(last?.spendToDate, currency)} (${signedPercent(change(last?.targetToDate, last?.spendToDate))})`,
      points: fromStart(days, (point) => point.spendToDate),
    },
  ]
}

function cumulative(data: PacingData, series: readonly Series[], panel: Panel, compact: boolean): Markup {
  const landed = landing(data)
  const amounts = [...series.flatMap(({ points }) => points.map(([, amount]) => amount)), landed ?? 0, 1]
  const y = scaleLinear([0, Math.max(...amounts)], [panel.bottom, panel.top]).nice(4)
  return markup`${text(panel.left, compact ? 14 : 16, `Spend to date, ${data.currency}`, { kind: 'ch-head' })}
${grid(panel, y, y.ticks(4), (amount) => number(amount))}${dayTicks(data, panel, compact)}${endRule(data, panel)}
${course(data, panel, y)}${series.map((one) => curve(one, panel, y))}
${compact ? key(series, panel.left) : endLabels(data, series, panel, y)}`
}

type Height = (amount: number) => number

const curve = ({ kind, points }: Series, { x }: Panel, y: Height): Markup => {
  const path = line<Point>(
    ([n]) => rounded(x(n)),
    ([, amount]) => rounded(y(amount)),
  )(points as Point[])
  const end = points.at(-1)
  return markup`<path class="ch-line ch-${kind}" d="${path ?? ''}"/>${kind === 'actual' && end && markup`<circle class="ch-dot ch-${kind}" cx="${px(x(end[0]))}" cy="${px(y(end[1]))}" r="4"/>`}`
}

const grid = ({ left, right }: Panel, y: Height, ticks: readonly number[], words: (amount: number) => string): Markup =>
  markup`${ticks.map((tick) => markup`${rule(tick === 0 ? 'ch-zero' : 'ch-grid', left, y(tick), right, y(tick))}${text(left - 8, y(tick) + 4, words(tick), { anchor: 'end', kind: 'ch-tick' })}`)}`

/** First, last and a few between, at the ends of the dates they name. */
function dayTicks({ days }: PacingData, { x, bottom }: Panel, compact: boolean): Markup {
  const step = Math.max(1, Math.ceil(days.length / (compact ? 4 : 7)))
  const shown = days.map((_, i) => i).filter((i) => (days.length - 1 - i) % step === 0)
  return markup`${shown.map((i) => text(x(i + 1), bottom + 18, shortDay(days[i]?.date ?? ''), { anchor: compact && i === days.length - 1 ? 'end' : 'middle', kind: 'ch-tick' }))}`
}

/** Where the known days end. */
const endRule = ({ days }: PacingData, { x, top, bottom }: Panel): Markup =>
  rule('ch-today', x(days.length), top - 8, x(days.length), bottom)

/** The rest of a flight that is not over, as it would go at the pace so far. */
function course(data: PacingData, { x, right }: Panel, y: Height): Markup | undefined {
  const [landed, last] = [landing(data), data.days.at(-1)]
  if (landed === undefined || !last || data.days.length >= flightDays(data)) return undefined
  return markup`${rule('ch-line ch-course', x(data.days.length), y(last.spendToDate), right, y(landed))}<circle class="ch-ring ch-actual" cx="${px(right)}" cy="${px(y(landed))}" r="4"/>`
}

function endLabels(data: PacingData, series: readonly Series[], panel: Panel, y: Height): Markup {
  const landed = landing(data)
  const over = data.days.length >= flightDays(data)
  const ends = [
    ...series.map(({ kind, name, words, points }) => ({
      kind,
      name,
      words,
      at: y(points.at(-1)?.[1] ?? 0),
      from: panel.x(points.at(-1)?.[0] ?? 0),
    })),
    ...(over || landed === undefined
      ? []
      : [
          {
            kind: 'course',
            name: 'On course for',
            words: money(landed, data.currency),
            at: y(landed),
            from: panel.right,
          },
        ]),
  ]
  const heights = spread(
    ends.map(({ at }) => at),
    38,
    panel.bottom - 14,
  )
  return markup`${ends.map(({ kind, name, words, at, from }, i) => {
    const height = heights[i] ?? at
    const leader = markup`<path class="ch-leader" d="M${px(from + 7)},${px(at)}L${px(panel.right + 7)},${px(at)}L${px(panel.right + 20)},${px(height)}"/>`
    return markup`${leader}${text(panel.right + 26, height, name, { kind: `ch-name ch-${kind}` })}${text(panel.right + 26, height + 16, words, { kind: 'ch-value' })}`
  })}`
}

/** On a narrow chart the names stand above it, each with a piece of its line. */
const key = (series: readonly Series[], left: number): Markup =>
  markup`${series.toReversed().map(({ kind, name, words }, i) => {
    const y = 34 + KEY_LINE * i
    return markup`${rule(`ch-line ch-${kind}`, left, y - 4, left + 26, y - 4)}${text(left + 34, y, `${name} ${words}`, { kind: 'ch-value' })}`
  })}`

function distance(data: PacingData, panel: Panel, compact: boolean): Markup {
  const { days, currency } = data
  const gap = (amount: number | undefined, target: number): number | undefined =>
    amount === undefined ? undefined : amount - target
  const actual = fromStart(days, ({ spendToDate, targetToDate }) => gap(spendToDate, targetToDate))
  const untouched = fromStart(days, ({ untouchedToDate, targetToDate }) => gap(untouchedToDate, targetToDate))
  const shown = [
    ...(untouched.length > 1 ? [{ kind: 'untouched' as const, name: 'Untouched', points: untouched }] : []),
    { kind: 'actual' as const, name: 'Spent', points: actual },
  ].map((one): Series => ({ ...one, words: signedMoney(one.points.at(-1)?.[1], currency) }))
  const amounts = shown.flatMap(({ points }) => points.map(([, amount]) => amount))
  const y = scaleLinear([Math.min(0, ...amounts), Math.max(1, ...amounts)], [panel.bottom, panel.top]).nice(4)
  return markup`${text(panel.left, panel.top - 16, compact ? `Ahead (+) or behind (−), ${currency}` : `Ahead of plan (+) or behind it (−), ${currency}`, { kind: 'ch-head' })}
${grid(panel, y, y.ticks(3), (amount) => signedTick(amount))}${rule('ch-line ch-plan', panel.left, y(0), panel.right, y(0))}${endRule(data, panel)}
${shown.map((one) => curve(one, panel, y))}${!compact && gapLabels(shown, panel, y)}`
}

const signedTick = (amount: number): string => (amount > 0 ? `+${number(amount)}` : number(amount))

function gapLabels(shown: readonly Series[], panel: Panel, y: Height): Markup {
  const heights = spread(
    shown.map(({ points }) => y(points.at(-1)?.[1] ?? 0) + 4),
    18,
    panel.bottom,
  )
  return markup`${shown.map(({ kind, name, words }, i) => markup`<text class="ch-value" x="${px(panel.right + 26)}" y="${px(heights[i] ?? 0)}"><tspan class="ch-name ch-${kind}">${name}</tspan> ${words}</text>`)}`
}
