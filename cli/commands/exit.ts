/** What a command ends with; docs/cli.md explains them to scripts. */
export const EXIT = { done: 0, failed: 1, changes: 2, blocked: 3 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Nothing is wrong with the command, but a rule stands in its way: a freeze, missing caps, the mode, the time of day. */
export class Blocked extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Blocked'
  }
}

export const exitCodeOf = (error: unknown): ExitCode => (error instanceof Blocked ? EXIT.blocked : EXIT.failed)

/** Version of every `--json` output; a field may be added without raising it. */
export const JSON_SCHEMA = 1
