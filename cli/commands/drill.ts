import { systemClock } from '../../functions/composition/clock.ts'
import { type DrillOptions, type DrillResult, runDrill } from '../drill/run-drill.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

/** Presses a button while a pretend turn is pushing, and prints how long it took. Touches nothing but the pretend world. */
export async function drill(options: Omit<DrillOptions, 'clock'>, screen: Screen): Promise<ExitCode> {
  screen.tell(
    `Drill: a turn pushes ${options.changes} changes to pretend platforms; "${options.button}" is pressed after ${options.after}.`,
  )
  const result = await runDrill({ ...options, clock: systemClock }, screen)
  screen.print(drillText(options.button, result))
  screen.record({ schemaVersion: JSON_SCHEMA, command: options.button, drill: result })
  return isSafe(options.button, result) ? EXIT.done : EXIT.failed
}

/** The button worked, and reached a turn in its midst. */
const isSafe = (
  button: DrillOptions['button'],
  { buttonCode, stillRunning, pushedBefore, pushedAfter, changes }: DrillResult,
): boolean =>
  buttonCode === 0 &&
  pushedBefore > 0 &&
  pushedBefore + pushedAfter < changes &&
  (button === 'freeze' || stillRunning === 0)

function drillText(button: DrillOptions['button'], result: DrillResult): string {
  const { changes, pushedBefore, pushedAfter, lastPushSeconds, doneSeconds, pauses, lastPauseSeconds, stillRunning } =
    result
  return [
    `  ${pushedBefore} of ${changes} changes pushed when the key was pressed, ${pushedAfter} after it, ${changes - pushedBefore - pushedAfter} never`,
    ...(button === 'kill'
      ? [
          `  last pause ${(lastPauseSeconds ?? 0).toFixed(1)} s after the key: ${pauses} sent, ${stillRunning} campaigns run on`,
        ]
      : []),
    `  "sluice ${button}" ended ${doneSeconds.toFixed(1)} s after the key, its own start included`,
    `Seconds from the key press to the last push: ${lastPushSeconds.toFixed(1)}`,
  ].join('\n')
}
