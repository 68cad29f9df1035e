import type { Command } from 'commander'
import { type Common, type Context, command, configured, wholeNumber } from './context.ts'

interface KillTyped extends Common {
  readonly reason?: string
  readonly policy?: readonly string[]
  readonly everyCampaign?: boolean
  readonly dryRun?: boolean
  readonly takeOver?: string
  readonly drill?: boolean
}

export interface DrillTyped {
  readonly changes: number
  readonly after?: number
  readonly latency: number
  readonly tablesDown?: boolean
}

/** A drill is run in the pretend world: its options say how large and how slow that is. */
export const drilled = (made: Command): Command =>
  made
    .option('--drill', 'press it in a pretend world, in the midst of a turn that pushes, and print the seconds')
    .option('--changes <n>', 'of a drill: changes that the turn pushes', wholeNumber(10, 2_000), 500)
    .option(
      '--after <n>',
      'of a drill: how many are pushed when the key is pressed; three fifths',
      wholeNumber(1, 2_000),
    )
    .option('--latency <ms>', 'of a drill: how long each request takes to a platform', wholeNumber(0, 10_000), 200)
    .option('--tables-down', 'of a drill: the tables go down at the key press')

export const drillOf = ({ changes, after, latency, tablesDown = false }: DrillTyped) => ({
  changes,
  after: after ?? Math.round(0.6 * changes),
  latencyMs: latency,
  tablesDown,
})

/** What is for the minutes in which something has gone wrong. Loads no more than it needs. */
export function addEmergencyCommands(sluice: Command, context: Context): void {
  const shown = ['sluice kill everything', 'sluice kill meta:1234567890 --reason "wrong prices"']
  const made = command(sluice, 'kill', 'pause at the platforms, at once, with the tables down too', shown)
  drilled(configured(made))
    .argument('[scope]', 'everything, meta, meta:123 or meta:123/456')
    .option('--reason <text>', 'for the record')
    .option('--policy <file...>', 'policies that say what is ours, beside those that were stored from this folder')
    .option('--every-campaign', 'pause whatever runs there, ours or not')
    .option('--dry-run', 'show how many would be paused')
    .option('--take-over <file>', 'add the lines of another journal, or of a log, to this one; pauses nothing')
    .action((scope: string | undefined, options: KillTyped & DrillTyped) =>
      context.run('kill', options, async (screen) => {
        if (options.drill) return (await import('./drill.ts')).drill({ button: 'kill', ...drillOf(options) }, screen)
        const config = context.configFile(options)
        const { kill, takeOverJournal } = await import('./kill.ts')
        if (options.takeOver !== undefined && scope !== undefined)
          throw new Error('--take-over pauses nothing and has no scope: press "kill" and take over in two commands')
        if (options.takeOver !== undefined) return takeOverJournal(context.path(options.takeOver), config, screen)
        if (scope === undefined)
          throw new Error('say what to pause: everything, a platform (meta), an account (meta:123) or a campaign')
        const { reason, everyCampaign, dryRun, policy = [] } = options
        const { by, surroundings } = context
        const given = { config, by, clock: surroundings.clock, reason, everyCampaign, dryRun }
        return kill(scope, { ...given, policies: policy.map(context.path) }, screen)
      }),
    )
}
