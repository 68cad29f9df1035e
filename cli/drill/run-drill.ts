import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../lib/ports/clock.ts'
import type { Instant } from '../../lib/units/calendar.ts'
import { policyPut } from '../commands/policy.ts'
import { pull } from '../commands/pull.ts'
import { loadConfig } from '../config/config.ts'
import { type Deployment, openDeployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { openPlace, type Place } from './place.ts'
import { storeDrillPlan } from './plan.ts'

export interface DrillOptions {
  readonly button: 'freeze' | 'kill'
  /** Changes that the turn sets out to push. */
  readonly changes: number
  /** How many are pushed when the button is pressed. */
  readonly after: number
  /** How long every request takes on its way to a platform. */
  readonly latencyMs: number
  /** The tables go down at the moment of the press. */
  readonly tablesDown: boolean
  /** The machine's: what is measured is real time. */
  readonly clock: Clock
}

export interface DrillResult {
  readonly changes: number
  readonly pushedBefore: number
  readonly pushedAfter: number
  /** Seconds from the key press, the start of the program included. */
  readonly lastPushSeconds: number
  readonly doneSeconds: number
  /** Of a kill. */
  readonly pauses: number
  readonly lastPauseSeconds: number | undefined
  readonly stillRunning: number
  readonly buttonCode: number
}

/** One turn that pushes, in a process of its own, and a button that is pressed in its midst, in another. */
export async function runDrill(options: DrillOptions, screen: Screen): Promise<DrillResult> {
  const { clock } = options
  const tape = newTape(clock)
  const place = await openPlace({
    clock,
    campaigns: options.changes,
    latencyMs: options.latencyMs,
    onWrite: tape.write,
  })
  try {
    const { id, changes } = await prepared(place, clock, screen)
    tape.reset()
    const turn = sluice(place, 'apply', id, '--auto-approve')
    const isOver = { turn: false }
    void turn.then(() => {
      isOver.turn = true
    })
    while (tape.budgets() < Math.min(options.after, changes) && !isOver.turn) await delay(5)
    const pressed = clock.now()
    const pushedBefore = tape.budgets()
    // A kill needs them for nothing; the turn cannot read whether it is frozen, and stops.
    if (options.tablesDown) await place.closeTables()
    const buttonCode = await sluice(place, options.button, 'everything')
    const done = clock.now()
    await turn
    const seconds = (at: Instant | undefined): number | undefined =>
      at === undefined ? undefined : Math.max(0, at - pressed) / 1000
    return {
      changes,
      pushedBefore,
      pushedAfter: tape.budgets() - pushedBefore,
      lastPushSeconds: seconds(tape.lastBudget()) ?? 0,
      doneSeconds: seconds(done) ?? 0,
      pauses: tape.pauses(),
      lastPauseSeconds: seconds(tape.lastPause()),
      stillRunning: runningIn(place),
      buttonCode,
    }
  } finally {
    await place.close()
  }
}

/** What arrived at the platforms, and when. */
function newTape(clock: Clock) {
  let [budgets, pauses] = [0, 0]
  let lastBudget: Instant | undefined
  let lastPause: Instant | undefined
  return {
    write: (written: { readonly budgets: number; readonly pauses: number }): void => {
      budgets += written.budgets
      pauses += written.pauses
      if (written.budgets > 0) lastBudget = clock.now()
      if (written.pauses > 0) lastPause = clock.now()
    },
    reset: (): void => {
      budgets = 0
      pauses = 0
    },
    budgets: () => budgets,
    pauses: () => pauses,
    lastBudget: () => lastBudget,
    lastPause: () => lastPause,
  }
}

async function prepared(
  place: Place,
  clock: Clock,
  screen: Screen,
): Promise<Awaited<ReturnType<typeof storeDrillPlan>>> {
  const config = await loadConfig(join(place.folder, 'sluice.yaml'))
  const silent: Screen = { ...screen, print: () => {}, record: () => {}, tell: () => {} }
  const deployment: Deployment = await openDeployment(config, clock, silent)
  try {
    await policyPut(join(place.folder, 'policy.yaml'), { by: 'drill' }, deployment, silent)
    if ((await pull([], deployment, silent)) !== 0) throw new Error('the drill’s accounts could not be read')
    return await storeDrillPlan(deployment)
  } finally {
    await deployment.close()
  }
}

/** The program itself, started as a person starts it: its start is a part of the seconds. @returns its exit code */
function sluice({ folder }: Place, ...args: readonly string[]): Promise<number> {
  const shim = join(import.meta.dirname, '..', 'sluice.mjs')
  const child = spawn(process.execPath, [shim, ...args], { cwd: folder, stdio: 'ignore' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? -1))
  })
}

const runningIn = ({ market }: Place): number =>
  market.accounts.flatMap(({ campaigns }) => [...campaigns.values()]).filter(({ status }) => status === 'active').length
