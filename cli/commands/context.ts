import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { CONFIG_FILE } from '../config/config.ts'
import type { Deployment } from '../config/deployment.ts'
import { type Screen, type Surroundings, screenOf } from '../terminal/screen.ts'
import { type ExitCode, exitCodeOf, JSON_SCHEMA } from './exit.ts'

/** Options that more than one command has, as commander hands them over. */
export interface Common {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly input?: boolean
  readonly config?: string
  readonly at?: string
}

/** What every command is given. */
export interface Context {
  readonly surroundings: Surroundings
  /** Who types, for the audit. */
  readonly by: string
  /** A path as typed, made absolute. */
  path(typed: string): string
  configFile(options: Common): string
  /** Runs a command and turns what it throws into a message and an exit code. */
  run(name: string, options: Common, act: (screen: Screen) => Promise<ExitCode>): Promise<void>
  /** The same for commands that need the tables. */
  withDeployment(
    name: string,
    options: Common,
    act: (deployment: Deployment, screen: Screen) => Promise<ExitCode>,
  ): Promise<void>
}

export function contextOf(surroundings: Surroundings, onExit: (code: ExitCode) => void): Context {
  const path = (typed: string): string => resolve(surroundings.cwd, typed)
  const configFile = ({ config = CONFIG_FILE }: Common): string => path(config)
  const run: Context['run'] = async (name, options, act) => {
    const screen = screenOf(surroundings, options)
    onExit(await act(screen).catch((error: unknown) => failed(name, error, screen, options.verbose === true)))
  }
  return {
    surroundings,
    by: operator(surroundings),
    path,
    configFile,
    run,
    withDeployment: (name, options, act) =>
      run(name, options, async (screen) => {
        const deployment = await deploymentOf(configFile(options), options, surroundings, screen)
        try {
          return await act(deployment, screen)
        } finally {
          await deployment.close()
        }
      }),
  }
}

async function deploymentOf(
  file: string,
  { at = 'now' }: Common,
  { clock }: Surroundings,
  screen: Screen,
): Promise<Deployment> {
  const [{ loadConfig }, { clockAt }, { openDeployment }] = await Promise.all([
    import('../config/config.ts'),
    import('../config/clock.ts'),
    import('../config/deployment.ts'),
  ])
  const config = await loadConfig(file)
  return openDeployment(config, clockAt(at, config, clock), screen, clock)
}

function failed(command: string, error: unknown, screen: Screen, isVerbose: boolean): ExitCode {
  const exitCode = exitCodeOf(error)
  const { name, message, stack = '' } = error instanceof Error ? error : { name: 'Error', message: String(error) }
  screen.warn(`sluice ${command}: ${message}`)
  if (isVerbose) screen.warn(stack)
  screen.record({ schemaVersion: JSON_SCHEMA, command, error: { name, message }, exitCode })
  return exitCode
}

/**
 * A command with its examples first in its help, and the options that all have.
 * @param isDefault its parent's name alone stands for it as well
 */
export const command = (
  parent: Command,
  name: string,
  about: string,
  shown: readonly string[],
  isDefault = false,
): Command =>
  parent
    .command(name, { isDefault })
    .description(about)
    .addHelpText('before', examples(shown))
    .option('--json', 'print JSON on stdout')
    .option('-q, --quiet', 'no messages on stderr but errors and warnings')
    .option('-v, --verbose', 'show where an error came from')

export const configured = (made: Command): Command =>
  made.option('-c, --config <file>', 'configuration', CONFIG_FILE).option('--no-input', 'never ask anything')

export const timed = (made: Command): Command =>
  configured(made).option(
    '--at <instant>',
    'act as at this instant; refused where it would reach real platforms',
    'now',
  )

export const examples = (lines: readonly string[]): string =>
  `Examples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`

/** Reads an option's number. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }

function operator({ env }: Surroundings): string {
  try {
    return `${userInfo().username} (command line)`
  } catch {
    // Some containers have no entry for their user.
    return `${env.USER ?? 'somebody'} (command line)`
  }
}
