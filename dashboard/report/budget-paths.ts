import { amountOf } from '../charts/figures.ts'
import type { SparklineData } from '../charts/sparkline.ts'
import type { DecisionLine, RunReport } from '../run-report.ts'

interface Step {
  readonly at: number
  readonly from: number
  readonly to: number
  readonly unit: string
}

/**
 * Each budget's amounts over the run, as far as its own changes tell them: an edit by hand is seen when the next change
 * starts from it. Those whose last amount is furthest from their first, as a factor, come first.
 */
export function budgetPaths({ decisions, from, to }: RunReport): readonly SparklineData[] {
  const applied = decisions.filter((one) => one.decision === 'change' && one.outcome === 'verified')
  const levers = Map.groupBy(applied, ({ account, name, lever }) => JSON.stringify([account, name, lever]))
  return [...levers.values()]
    .flatMap((lines) => {
      const steps = lines.flatMap(stepOf).toSorted((a, b) => a.at - b.at)
      const unit = steps[0]?.unit
      return unit === undefined || steps.some((step) => step.unit !== unit)
        ? []
        : [{ name: lines[0]?.name ?? '', unit, steps }]
    })
    .toSorted((a, b) => distance(b.steps) - distance(a.steps))
    .map(({ name, unit, steps }) => ({
      name,
      unit,
      steps: pathOf(steps, Date.parse(from)),
      from: Date.parse(from),
      to: Date.parse(to) + 86_400_000,
    }))
}

function stepOf({ at, from, to }: DecisionLine): readonly Step[] {
  const [left, right] = [amountOf(from ?? ''), amountOf(to ?? '')]
  return left === undefined || right === undefined || left.unit !== right.unit
    ? []
    : [{ at: Date.parse(at), from: left.value, to: right.value, unit: right.unit }]
}

const distance = (steps: readonly Step[]): number => {
  const [first, last] = [steps[0]?.from ?? 0, steps.at(-1)?.to ?? 0]
  return first > 0 && last > 0 ? Math.abs(Math.log(last / first)) : 0
}

function pathOf(steps: readonly Step[], start: number): SparklineData['steps'] {
  const path = [{ at: start, value: steps[0]?.from ?? 0 }]
  for (const { at, from, to } of steps) {
    if (path.at(-1)?.value !== from) path.push({ at, value: from })
    path.push({ at: Math.max(at, start), value: to })
  }
  return path
}
