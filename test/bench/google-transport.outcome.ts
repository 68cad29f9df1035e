import { inspect } from 'node:util'

export const ACCESS_TOKEN = 'bearer-of-this-benchmark'
export const DEVELOPER_TOKEN = 'developer-token-of-this-benchmark'

/** What the caller of a client saw. */
export interface Outcome {
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** None when it was still pending at the end of the watch. */
  readonly endedAt?: number
  readonly text: string
  readonly leaks?: Leaks
}

/** Whether an error, printed whole, shows a secret. */
export interface Leaks {
  readonly accessToken: boolean
  readonly developerToken: boolean
}

export const leaksOf = (error: unknown): Leaks => {
  const printed = inspect(error, { depth: null })
  return { accessToken: printed.includes(ACCESS_TOKEN), developerToken: printed.includes(DEVELOPER_TOKEN) }
}

/** @param say how an error reads to who catches it */
export async function outcomeOf(work: Promise<string>, say: (error: unknown) => string): Promise<Outcome> {
  const startedAt = Date.now()
  try {
    const text = await work
    return { startedAt, endedAt: Date.now(), text }
  } catch (error) {
    return { startedAt, endedAt: Date.now(), text: say(error), leaks: leaksOf(error) }
  }
}
