import { createInterface } from 'node:readline/promises'
import type { Clock } from '../../lib/ports/clock.ts'
import { type Paint, paintFor } from './paint.ts'
import { obeyed, obeyedInJson } from './safe-text.ts'

/** What of a stream is used; `isTTY` says whether a person is at its other end. */
export interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Everything outside of the program that a command may see or touch. */
export interface Surroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: Output
  readonly stderr: Output
  readonly clock: Clock
}

export interface ScreenOptions {
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
  /** False: never ask (`--no-input`). */
  readonly input?: boolean | undefined
}

/** Where a command speaks: data to stdout, everything else to stderr. */
export interface Screen {
  readonly isJson: boolean
  /** For stdout: no colours where it is not a terminal. */
  readonly paint: Paint
  /** Text for people on stdout; nothing under `--json`. */
  print(text: string): void
  /** One JSON value on one line of stdout; nothing without `--json`. */
  record(value: object): void
  /** A message on stderr; nothing under `--quiet`. */
  tell(text: string): void
  /** A message on stderr that `--quiet` does not silence. */
  warn(text: string): void
  readonly canAsk: boolean
  /** @returns what was typed, without blanks around it */
  ask(question: string): Promise<string>
}

export function screenOf(surroundings: Surroundings, options: ScreenOptions): Screen {
  const { stdin, stdout, stderr, env } = surroundings
  const isJson = options.json === true
  const canAsk = options.input !== false && stdin.isTTY === true && stderr.isTTY === true
  const warn = (text: string): void => void stderr.write(`${obeyed(text)}\n`)
  return {
    isJson,
    paint: paintFor(stdout.isTTY === true, env.NO_COLOR),
    print: (text) => void (isJson || stdout.write(`${obeyed(text)}\n`)),
    record: (value) => void (isJson && stdout.write(`${obeyedInJson(JSON.stringify(value))}\n`)),
    tell: (text) => void (options.quiet || warn(text)),
    warn,
    canAsk,
    async ask(question) {
      const lines = createInterface({ input: stdin, output: stderr as NodeJS.WritableStream, terminal: false })
      try {
        return (await lines.question(question)).trim()
      } finally {
        lines.close()
      }
    },
  }
}
