import process from 'node:process'
import { CommanderError } from 'commander'
import { systemClock } from '../functions/composition/clock.ts'
import { EXIT, type ExitCode } from './commands/exit.ts'
import { program } from './commands/program.ts'
import type { Surroundings } from './terminal/screen.ts'

/**
 * Runs one command.
 *
 * @param args without the program's own name
 * @returns the exit code; nothing is thrown
 */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let code: ExitCode = EXIT.done
  const sluice = program(surroundings, (ended) => {
    code = ended
  })
  try {
    await sluice.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    // Help and version end like this too; commander has said everything already.
    if (error instanceof CommanderError) return error.exitCode
    throw error
  }
}

export const thisProcess = (): Surroundings => ({
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
})

// A reader that has seen enough (`| head`) must not end a command that is pushing.
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

if (import.meta.main) {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  process.exitCode = await main(process.argv.slice(2), thisProcess())
}
