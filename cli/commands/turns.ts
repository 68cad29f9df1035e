import { MAX_RECEIVES } from '../../functions/composition/lambdas.ts'
import type { LogLine } from '../../functions/composition/log.ts'
import { QUEUES, routes } from '../../functions/composition/routes.ts'
import { makeStageHandler } from '../../functions/stage-handler.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import { HOUR_MS, MINUTE_MS } from '../../lib/units/calendar.ts'
import { createRunner } from '../../playground/runner/runner.ts'
import type { Deployment } from '../config/deployment.ts'

export interface Turns {
  /** Runs these messages and everything that they bring about, each once; a failed one is not tried again. */
  run(messages: readonly StageMessage[]): Promise<void>
  /** One line per turn so far, in order. */
  readonly lines: readonly LogLine[]
}

/** The deployed handlers, behind a queue in this process. */
export async function startTurns(
  deployment: Deployment,
  onTurn: (line: LogLine) => void,
  extras: Partial<Loop> = {},
): Promise<Turns> {
  const { clock } = deployment
  const lines: LogLine[] = []
  const log = (line: LogLine): void => {
    lines.push(line)
    onTurn(line)
  }
  const loopFor = await deployment.loops({ send: (messages) => runner.queue.send(messages) }, extras)
  const runner = createRunner({
    clock: { now: () => clock.now(), set: neverSet },
    handlers: Object.fromEntries(
      QUEUES.map((queue) => [queue, makeStageHandler({ queue, runTurn, loopFor, clock, log })]),
    ),
    route: routes,
    dispatch: async () => {},
    tickMs: HOUR_MS,
    // Longer than any command: what failed comes back with the next one.
    visibilityTimeoutMs: 12 * 60 * MINUTE_MS,
    maxReceives: MAX_RECEIVES,
  })
  return {
    lines,
    async run(messages) {
      await runner.queue.send(messages)
      await runner.settle()
    },
  }
}

function neverSet(): never {
  throw new Error('a command does not move the clock')
}
