/** One run of a scenario in a process of its own; started by scenarios.ts. */
import { runDemo } from '../../cli/demo/run-demo.ts'
import type { RunReport } from '../../dashboard/run-report.ts'
import { loadScenario } from '../../playground/market/read-scenario.ts'
import { answering } from '../bench/rpc.ts'
import type { ScenarioRun } from './scenarios.ts'

async function run({ name, seed }: { name: string; seed: number }): Promise<Omit<ScenarioRun, 'commit' | 'dirty'>> {
  const scenario = loadScenario(name)
  const report = await runDemo({ scenario, seed, days: scenario.days, onProgress: () => {} })
  return { scenario: name, seed, ...summaryOf(report) }
}

const summaryOf = (report: RunReport): Omit<ScenarioRun, 'commit' | 'dirty' | 'scenario' | 'seed'> => {
  const { sluice, untouched, pacing, goal, turns } = report
  const outcome = (of: typeof sluice): number => (goal === 'value' ? of.incrementalValue : of.incremental)
  const planned = pacing.at(-1)?.targetToDate ?? Number.NaN
  return {
    goal,
    days: report.days,
    broken: report.invariants.filter(({ held }) => !held).map(({ name, detail }) => `${name}: ${detail}`),
    invariants: report.invariants.length,
    outcome: outcome(sluice),
    untouchedOutcome: outcome(untouched),
    gain: outcome(sluice) / outcome(untouched) - 1,
    untouchedSpendDifference: untouched.spendDifference,
    spendAgainstPlan: sluice.spend / planned - 1,
    changesApplied: turns.changesApplied,
    refusals: report.refusals.length,
    drifts: report.drifts.length,
    failedTurns: turns.failed,
    deadLetters: turns.deadLetters,
  }
}

answering({ run })
