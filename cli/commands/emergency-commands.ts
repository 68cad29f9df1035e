import type { Command } from 'commander'
import { type Common, type Context, command, configured } from './context.ts'

interface KillTyped extends Common {
  readonly reason?: string
  readonly policy?: readonly string[]
  readonly everyCampaign?: boolean
  readonly dryRun?: boolean
  readonly takeOver?: string
}

/** What is for the minutes in which something has gone wrong. Loads no more than it needs. */
export function addEmergencyCommands(sluice: Command, context: Context): void {
  const shown = ['sluice kill everything', 'sluice kill meta:1234567890 --reason "wrong prices"']
  configured(
    command(sluice, 'kill', 'pause at the platforms, at once and without asking; works with the tables down', shown),
  )
    .argument('[scope]', 'everything, meta, meta:123 or meta:123/456')
    .option('--reason <text>', 'for the record')
    .option('--policy <file...>', 'policies that say what is ours, beside those that were stored from this folder')
    .option('--every-campaign', 'pause whatever runs there, ours or not')
    .option('--dry-run', 'show how many would be paused')
    .option('--take-over <file>', 'add the lines of another journal, or of a log, to this one; pauses nothing')
    .action((scope: string | undefined, options: KillTyped) =>
      context.run('kill', options, async (screen) => {
        const config = context.configFile(options)
        const { kill, takeOverJournal } = await import('./kill.ts')
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
