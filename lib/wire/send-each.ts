import { type AccountRef, sameAccount } from '../model/account.ts'
import { PlatformError, type PlatformFailure, type WriteResult } from '../model/failure.ts'
import { type Lever, type LeverChange, leverKey } from '../model/lever.ts'

/** A server that does not answer would hold a whole chunk of levers for its time bound each. */
const SILENCES_MAX = 3

/**
 * A write was answered 401: nothing of it was carried out, and the next request goes out with another token.
 * Thrown by `Sending.send`.
 */
export class TokenRefused extends PlatformError {}

export interface Sending {
  readonly account: AccountRef
  /** False once nothing may be sent any more. */
  readonly inTime: () => boolean
  /** Asked before each request but the first: why a lever is not to be sent after all. */
  readonly look?: (() => Promise<(lever: Lever) => string | undefined>) | undefined
  /** How many of the changes from here on fit into one request, at least 1; one at a time without it. */
  readonly together?: (rest: readonly LeverChange[]) => number
  /**
   * One request with these changes: a result for each, in order. An error that it throws says that nothing was sent, or,
   * if it is TokenRefused, that nothing was carried out.
   */
  send(changes: readonly LeverChange[]): Promise<readonly WriteResult[]>
}

/**
 * Sends changes, each once, one request after the other, and answers for each in its place. What is not sent is
 * refused and says why: levers of other accounts and those that come twice, all that is left after the deadline or a
 * stop, and the rest after an answer that every further request would meet too, or after three requests in a row
 * without a certain answer.
 *
 * The first request whose token was refused goes once more, in time and if nothing holds it back: it was not carried
 * out, and a pause must not be lost to the end of a token.
 */
export async function sendEach(changes: readonly LeverChange[], sending: Sending): Promise<readonly WriteResult[]> {
  const results = new Map<LeverChange, WriteResult>()
  let rest = sendable(changes, sending.account, results)
  let requests = 0
  let silences = 0
  let isRenewed = false
  let stop: PlatformFailure | undefined
  while (rest.length > 0) {
    // Asked before each request: 25 slow answers take longer than the sender may live.
    stop ??= sending.inTime() ? undefined : outOfTime
    const heldBack = stop || requests === 0 || !sending.look ? () => undefined : await sending.look()
    const group: LeverChange[] = []
    const size = stop ? rest.length : Math.max(1, sending.together?.(rest) ?? 1)
    for (const change of rest.slice(0, size)) {
      const why = stop ? undefined : heldBack(change.lever)
      if (stop) results.set(change, refused(stop))
      else if (why !== undefined) results.set(change, refused({ kind: 'transient', detail: `not sent: ${why}` }))
      else group.push(change)
    }
    rest = rest.slice(size)
    if (group.length === 0) continue
    requests += 1
    const { answers, isTokenRefused } = await answersOf(group, sending)
    if (isTokenRefused && !isRenewed) {
      isRenewed = true
      rest = [...group, ...rest]
      continue
    }
    for (const [index, change] of group.entries()) results.set(change, answers[index] ?? unanswered)
    silences = answers.length > 0 && answers.every(({ kind }) => kind === 'unknown') ? silences + 1 : 0
    stop ??= silences >= SILENCES_MAX ? unheard : answers.map(endsAll).find((failure) => failure !== undefined)
  }
  return changes.map((change) => results.get(change) ?? unanswered)
}

/** Those that may be sent at all; the others get their results. */
function sendable(
  changes: readonly LeverChange[],
  account: AccountRef,
  results: Map<LeverChange, WriteResult>,
): readonly LeverChange[] {
  const seen = new Set<string>()
  return changes.filter((change) => {
    const key = leverKey(change.lever)
    const isRepeated = seen.has(key)
    seen.add(key)
    if (!sameAccount(change.lever.account, account))
      results.set(change, notSent('wrong-account', `lever of account ${change.lever.account.id}`))
    else if (isRepeated) results.set(change, notSent('repeated-lever', 'another change of this lever comes before it'))
    else return true
    return false
  })
}

interface Answers {
  readonly answers: readonly WriteResult[]
  readonly isTokenRefused: boolean
}

async function answersOf(group: readonly LeverChange[], sending: Sending): Promise<Answers> {
  try {
    return { answers: await sending.send(group), isTokenRefused: false }
  } catch (error) {
    const failure = failureOf(error)
    return { answers: group.map(() => refused(failure)), isTokenRefused: error instanceof TokenRefused }
  }
}

const unanswered: WriteResult = { kind: 'unknown', detail: 'the answer says nothing of this change' }

const outOfTime: PlatformFailure = { kind: 'transient', detail: 'not sent: the run was out of time' }

const unheard: PlatformFailure = {
  kind: 'transient',
  detail: `not sent: ${SILENCES_MAX} writes before it had no certain answer`,
}

/** A failure that every further write of the account would meet, and that further writes would prolong. */
function endsAll(result: WriteResult): PlatformFailure | undefined {
  if (result.kind !== 'refused') return undefined
  const { failure } = result
  const isForAll =
    failure.kind === 'rate-limited' || failure.kind === 'quota-exhausted' || failure.kind === 'unauthorised'
  return isForAll ? failure : undefined
}

export const refused = (failure: PlatformFailure): WriteResult => ({ kind: 'refused', failure })

/** Refused before anything was sent, for good. */
export const notSent = (code: string, detail: string): WriteResult =>
  refused({ kind: 'rejected', code, detail: `not sent: ${detail}` })

/** The failure of something that went wrong before anything was sent. */
export const failureOf = (error: unknown): PlatformFailure =>
  error instanceof PlatformError
    ? error.failure
    : { kind: 'rejected', code: 'not-sent', detail: error instanceof Error ? error.message : 'not sent' }
