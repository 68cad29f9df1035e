import type { PlatformFailure } from '../model/failure.ts'

/** A failure in words that a person can act on. */
export const failureText = (failure: PlatformFailure): string =>
  `${failure.kind}${failure.kind === 'rejected' ? ` (${failure.code})` : ''}: ${failure.detail}`
