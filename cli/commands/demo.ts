import { writeFile } from 'node:fs/promises'
import { reportHtml } from '../../dashboard/report/report.ts'
import type { RunReport } from '../../dashboard/run-report.ts'
import { loadScenario } from '../../playground/market/read-scenario.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import { reportPage } from '../demo/page.ts'
import { runDemo } from '../demo/run-demo.ts'
import { progressBar } from '../terminal/progress.ts'
import type { Output, Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode } from './exit.ts'

export interface DemoOptions {
  readonly scenario: string
  readonly days?: number | undefined
  readonly seed: number
  readonly quiet?: boolean | undefined
  /** Absolute path of the HTML report. */
  readonly report: string
  readonly stderr: Output
}

const DAYS = 14

/**
 * Runs a scenario against the pretend platforms and reports.
 *
 * @throws ScenarioError naming file and field; RangeError for days that the scenario does not have
 */
export async function demo(options: DemoOptions, screen: Screen): Promise<ExitCode> {
  const scenario = loadScenario(options.scenario)
  const days = daysOf(options.days, scenario)
  const bar = progressBar(options.stderr, days * 24, options.quiet === true)
  const report = await runDemo({
    scenario,
    seed: options.seed,
    days,
    onProgress: (hour, _hours, note) => bar.at(hour, note),
  }).finally(() => bar.end())
  await writeFile(options.report, reportHtml(report))
  screen.print(reportPage(report, screen.paint))
  screen.record(report)
  screen.tell(`The whole report, to open in a browser: ${options.report}`)
  return verdict(report, screen)
}

function daysOf(asked: number | undefined, { name, days }: Scenario): number {
  if (asked === undefined) return Math.min(DAYS, days)
  if (asked > days) throw new RangeError(`--days ${asked} must be at most ${days}, the length of scenario ${name}`)
  return asked
}

/** Names what did not hold. */
export function verdict({ invariants }: Pick<RunReport, 'invariants'>, screen: Pick<Screen, 'warn'>): ExitCode {
  const broken = invariants.filter(({ held }) => !held)
  for (const { name, detail } of broken) screen.warn(`did not hold: ${name} — ${detail}`)
  return broken.length > 0 ? EXIT.failed : EXIT.done
}
