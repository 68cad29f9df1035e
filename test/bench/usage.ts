/** What a command of this repository's own ends with where its arguments cannot be. */
export const MISUSED = 2

/**
 * Reads arguments. Where they cannot be, says so in one line, with what can be, and ends there: whoever mistyped an option
 * needs no stack.
 *
 * @param read throws what `parseArgs` throws, or a RangeError
 * @param usage what can be
 * @returns undefined where they cannot be
 */
export function understood<T>(read: () => T, usage: string): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!isMisuse(error)) throw error
    console.error(`${reasonOf(error)}; it is: ${usage}`)
    return undefined
  }
}

const isMisuse = (error: unknown): error is Error =>
  error instanceof RangeError ||
  (error instanceof Error && 'code' in error && /^(ERR_PARSE_ARGS|ENOENT|ENOTDIR)/.test(String(error.code)))

/** Node goes on to explain how an argument could be written that only looks like an option. */
const reasonOf = ({ message }: Error): string =>
  message.replace(/^Unknown option '([^']*)'[\s\S]*/, 'there is no option $1').split(/\.?\s*\n|\. /)[0]!
