import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Surroundings } from '../terminal/screen.ts'
import { addCheckCommands } from './check-commands.ts'
import { contextOf, examples } from './context.ts'
import { addEmergencyCommands } from './emergency-commands.ts'
import type { ExitCode } from './exit.ts'
import { addGuardCommands } from './guard-commands.ts'
import { addImportCommands } from './import-commands.ts'
import { addLoopCommands } from './loop-commands.ts'
import { addDemo, addOtherCommands } from './other-commands.ts'

/** The command line; `onExit` is told what the command that ran ends with. */
export function program(surroundings: Surroundings, onExit: (code: ExitCode) => void): Command {
  const { stdout, stderr } = surroundings
  const sluice = new Command('sluice')
    .description('An open controller for paid media.')
    .version(version())
    .exitOverride()
    // Options belong to the command that they stand behind: of a command within a command they are its own.
    .enablePositionalOptions()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .addHelpText('before', examples(['sluice demo', 'sluice init', 'sluice pull && sluice plan', 'sluice freeze']))
    .addHelpText('after', '\nExit codes: 0 done, 1 error, 2 changes present (plan), 3 blocked. See docs/cli.md.')
  const context = contextOf(surroundings, onExit)
  addDemo(sluice, context)
  addLoopCommands(sluice, context)
  addImportCommands(sluice, context)
  addGuardCommands(sluice, context)
  addEmergencyCommands(sluice, context)
  addCheckCommands(sluice, context)
  addOtherCommands(sluice, context)
  return sluice
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
