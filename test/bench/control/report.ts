/** What the runs of the control benchmark say: by family a table, and with `--json` a line per family and controller. */
import { table } from '../table.ts'
import { CONTESTANTS, INFORMED, SLUICE } from './controllers.ts'
import type { Family } from './family.ts'
import type { RunFigures } from './run.ts'
import { type Mean, meanOf, medianOf, percent, verdictOf } from './statistics.ts'

export const ORACLE = 'oracle'

export interface ReportLine {
  readonly scenario: string
  readonly controller: string
  readonly seeds: number
  readonly regret: Mean
  readonly medianRegret: number
  readonly regretAfter28: Mean
  readonly spendError: number
  readonly editsPerLeverPerWeek: number
  readonly worstDay: number
  readonly coverage80: number | null
  readonly cpaError: number | null
  /** Regret less Sluice's on the same seeds; absent for Sluice and the oracle, and without seeds in common. */
  readonly againstSluice?: Mean
}

const NOTHING: Mean = { mean: 0, se: 0 }

/** One line per controller that was run, Sluice first, and the oracle, whose regret is nothing by definition. */
export function linesOf(scenario: string, runs: readonly RunFigures[]): readonly ReportLine[] {
  const own = runs.filter((run) => run.scenario === scenario)
  const byName = Map.groupBy(own, ({ controller }) => controller)
  const ours = byName.get(SLUICE) ?? []
  const lines = [...CONTESTANTS, ...INFORMED].flatMap(({ name }) => {
    const theirs = byName.get(name)
    return theirs ? [lineOf(scenario, name, theirs, ours)] : []
  })
  const seeds = new Set(own.map(({ seed }) => seed)).size
  const oracle: ReportLine = {
    scenario,
    controller: ORACLE,
    seeds,
    regret: NOTHING,
    medianRegret: 0,
    regretAfter28: NOTHING,
    spendError: 0,
    editsPerLeverPerWeek: 7,
    worstDay: 0,
    coverage80: null,
    cpaError: null,
  }
  return [...lines, oracle]
}

function lineOf(scenario: string, name: string, runs: readonly RunFigures[], ours: readonly RunFigures[]): ReportLine {
  const mean = (of: (run: RunFigures) => number): Mean => meanOf(runs.map(of))
  const known = (of: (run: RunFigures) => number | undefined): number | null => {
    const values = runs.map(of).filter((value) => value !== undefined)
    return values.length > 0 ? meanOf(values).mean : null
  }
  const differences = runs.flatMap((run) => {
    const same = ours.find(({ seed }) => seed === run.seed)
    return same && name !== SLUICE ? [run.regret - same.regret] : []
  })
  return {
    scenario,
    controller: name,
    seeds: runs.length,
    regret: mean(({ regret }) => regret),
    medianRegret: medianOf(runs.map(({ regret }) => regret)),
    regretAfter28: mean(({ regretAfter28 }) => regretAfter28),
    spendError: mean(({ spendError }) => spendError).mean,
    editsPerLeverPerWeek: mean((run) => run.editsPerLeverPerWeek).mean,
    worstDay: mean(({ worstDay }) => worstDay).mean,
    coverage80: known((run) => run.coverage80),
    cpaError: known((run) => run.cpaError),
    ...(differences.length > 0 ? { againstSluice: meanOf(differences) } : {}),
  }
}

const share = (value: number | null): string => (value === null ? '' : (100 * value).toFixed(2))

const HEADS = [
  'controller',
  'seeds',
  'regret %',
  'after day 28',
  'less than it',
  'sluice',
  'spend error',
  'edits',
  'worst day',
  'coverage',
  'CPA error',
]

const isInformed = (controller: string): boolean => INFORMED.some(({ name }) => name === controller)

function rowOf(line: ReportLine): readonly string[] {
  const { againstSluice } = line
  return [
    line.controller,
    String(line.seeds),
    percent(line.regret),
    percent(line.regretAfter28),
    againstSluice ? percent(againstSluice) : '',
    // One seed has no standard error.
    againstSluice && line.seeds > 1 && !isInformed(line.controller)
      ? { win: 'wins', loss: 'LOSES', tie: 'ties' }[verdictOf(againstSluice)]
      : '',
    share(line.spendError),
    line.editsPerLeverPerWeek.toFixed(2),
    share(line.worstDay),
    share(line.coverage80),
    share(line.cpaError),
  ]
}

/** What Sluice set out to reach, mean regret in per cent. */
const AIM: Readonly<Record<string, number>> = {
  base: 4.5,
  stationary: 2.8,
  volatile: 7.5,
  's-shaped': 8,
  'few-conversions': 5.2,
  saturated: 3.3,
  'cold-start': 5.5,
  'learning-penalty': 5.5,
  'n-100': 4.4,
}

const SUMMARY_HEADS = [
  'family',
  'seeds',
  'sluice',
  'median',
  'aim',
  'best of the others',
  'its regret',
  'difference',
  'sluice',
  'spend error',
  'coverage',
  'CPA error',
]

/** By family: Sluice beside whoever of the others misses least on the same seeds. Empty without Sluice's runs. */
export function summaryOf(families: readonly Family[], runs: readonly RunFigures[]): readonly (readonly string[])[] {
  return families.flatMap(({ name }) => {
    const lines = linesOf(name, runs)
    const ours = lines.find(({ controller }) => controller === SLUICE)
    const rivals = lines.filter(({ controller, againstSluice }) => againstSluice && !isInformed(controller))
    const best = rivals.toSorted((a, b) => a.againstSluice!.mean - b.againstSluice!.mean)[0]
    if (!ours || !best?.againstSluice) return []
    const verdict = ours.seeds > 1 ? { win: 'wins', loss: 'LOSES', tie: 'ties' }[verdictOf(best.againstSluice)] : ''
    return [
      [
        ...[name, String(ours.seeds), percent(ours.regret), share(ours.medianRegret), AIM[name]?.toFixed(1) ?? ''],
        best.controller,
        ...[`${(100 * (ours.regret.mean + best.againstSluice.mean)).toFixed(2)}`, percent(best.againstSluice), verdict],
        ...[share(ours.spendError), share(ours.coverage80), share(ours.cpaError)],
      ],
    ]
  })
}

const ABLATION_HEADS = ['family', 'who knows part of the truth', 'seeds', 'its regret', 'sluice on these']

/** What stands between Sluice and the oracle: who knows part of the truth beside Sluice, on the seeds that both have run. */
export function ablationOf(families: readonly Family[], runs: readonly RunFigures[]): readonly (readonly string[])[] {
  return families.flatMap(({ name }) => {
    const own = runs.filter(({ scenario }) => scenario === name)
    const ours = new Map(own.flatMap(({ controller, seed, regret }) => (controller === SLUICE ? [[seed, regret]] : [])))
    return INFORMED.flatMap((informed) => {
      const theirs = own.filter(({ controller, seed }) => controller === informed.name && ours.has(seed))
      if (theirs.length === 0) return []
      const [their, our] = [theirs.map(({ regret }) => regret), theirs.map(({ seed }) => ours.get(seed)!)]
      return [[name, informed.name, String(theirs.length), percent(meanOf(their)), percent(meanOf(our))]]
    })
  })
}

export function printReport(families: readonly Family[], runs: readonly RunFigures[]): void {
  for (const { name, what } of families) {
    const lines = linesOf(name, runs)
    if (lines.length < 2) continue
    console.log(`\n${name}: ${what}\n\n${table(HEADS, lines.map(rowOf))}`)
  }
  const summary = summaryOf(families, runs)
  if (summary.length > 0) console.log(`\nin short, regret in %:\n\n${table(SUMMARY_HEADS, summary)}`)
  const ablation = ablationOf(families, runs)
  if (ablation.length > 0) console.log(`\nwhat stands between, regret in %:\n\n${table(ABLATION_HEADS, ablation)}`)
  console.log(`\n${LEGEND}`)
  for (const { name, what } of [...CONTESTANTS, ...INFORMED]) console.log(`  ${name.padEnd(26)} ${what}`)
  console.log(`  ${ORACLE.padEnd(26)} ${ORACLE_KNOWS}`)
}

const ORACLE_KNOWS =
  'Knows every true curve, season, drift and promotion of the month ahead, sets any budget on any day, meets no learning ' +
  'phase, no noise of delivery and no target, and has the same money: the Lagrangian bound of the month’s problem.'

const LEGEND = `regret: the share of the oracle's caused conversions (value, where value is the goal) that was missed over the days of
control; expected under the true curves at the money that was spent, so that no luck of counting is in it. Spend above
the month's money brings nothing: the conversions of the day on which it runs out are scaled to the money that was left.
Where a CPA ceiling is asked for, outcome above it counts by the square of ceiling over CPA.
less than it: a controller's regret less Sluice's, paired by seed; wins or loses beyond two standard errors, else a tie.
spend error: mean over the months of |spend ÷ budget − 1|. edits: budget moves per campaign and week. worst day: largest
share of a day's outcome in the oracle's plan that was missed. aim: what Sluice set out to reach. coverage: predictions of
a conversion and more of a campaign's coming week whose 80 % interval held what was claimed. CPA error: how far claimed cost per conversion was off the ceiling. All in per
cent but edits. ± is one standard error. Seeds 100 to 199 are for tuning; reports use seeds from 1000 on.
All but Sluice and the oracle see the same reports with the same correction for conversions that are still to come:
chain ladder by platform over the readings of 60 days.
`
