import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Fault } from '../../faults.ts'
import {
  accountThrottled,
  deadVersion,
  GraphError,
  proofInvalid,
  tokenExpired,
  tokenMissing,
  tokenUnreadable,
  unavailable,
} from './errors.ts'
import { route, type Visit } from './routes.ts'
import { type GraphAnswer, type GraphCall, nowOf, type Twin } from './twin.ts'

/** `hex(HMAC-SHA256(key = app secret, message = access token))` */
export const appSecretProof = (appSecret: string, accessToken: string): string =>
  createHmac('sha256', appSecret).update(accessToken).digest('hex')

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** A token of this twin that has run out. */
export const META_TWIN_EXPIRED_TOKEN = 'EAAPRETENDexpired'

/** @throws GraphError 104, 190, or 100 for a proof that does not fit */
export function authenticate({ credentials }: Twin, { token, params }: GraphCall): void {
  if (!token) throw tokenMissing()
  if (token === META_TWIN_EXPIRED_TOKEN) throw tokenExpired()
  if (!same(token, credentials.accessToken)) throw tokenUnreadable()
  const proof = params.text('appsecret_proof')
  if (proof !== undefined && !same(proof, appSecretProof(credentials.appSecret, token))) throw proofInvalid()
}

const THROTTLED_MINUTES = 5

/** The platform's own error for a fault that is one, and undefined for those that only cut the answer. */
export function faultError(fault: Fault | undefined): GraphError | undefined {
  if (fault === 'unavailable') return unavailable()
  if (fault === 'rate-limited') return accountThrottled(THROTTLED_MINUTES)
  return fault === 'unauthorised' ? tokenExpired() : undefined
}

/** @throws GraphError when the platform is down, or, for a call about an account, throttling just now */
export function checkCondition({ world }: Twin, reaches: 'platform' | 'account'): void {
  const condition = world.condition('meta')
  if (condition === 'down') throw unavailable()
  if (condition === 'throttling' && reaches === 'account') throw accountThrottled(THROTTLED_MINUTES)
}

export function checkVersion({ versions }: Twin, { version }: GraphCall): void {
  // A path without a version means the oldest that is still served.
  if (version !== undefined && !versions.includes(version)) throw deadVersion(versions.at(-1) ?? '')
}

function usageHeaders(twin: Twin, { node, useCase }: Visit, regainMinutes?: number): Readonly<Record<string, string>> {
  const account = node && node.kind !== 'user' ? node.account : twin.directory.accounts()[0]
  // Errors before an object is found still carry headers when they are about waiting: of the first account, for want of one.
  if (!account || (!node && regainMinutes === undefined)) return {}
  return twin.limits.headers(account, useCase, nowOf(twin), regainMinutes)
}

const traceId = (twin: Twin): string => `A${twin.sequence.toString(36).padStart(10, '0')}`

/** Answers one call, errors included: what a batch item gets and what a request of its own gets. */
export function respond(twin: Twin, call: GraphCall, fault?: Fault): GraphAnswer {
  const visit: Visit = { useCase: call.segments[1] === 'insights' ? 'ads_insights' : 'ads_management' }
  try {
    checkCondition(twin, 'account')
    const broken = faultError(fault)
    if (broken) throw broken
    authenticate(twin, call)
    checkVersion(twin, call)
    const body = route(twin, call, visit)
    return { status: 200, headers: usageHeaders(twin, visit), body }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    return errorAnswer(twin, error, visit)
  }
}

export function errorAnswer(twin: Twin, error: GraphError, visit: Visit): GraphAnswer {
  const { status, code, message, regainMinutes } = error.detail
  twin.requests.errors += 1
  if (code === 100 && visit.node && visit.node.kind !== 'user')
    twin.limits.noteUserError(visit.node.account.id, nowOf(twin))
  const challenge =
    status === 401 ? { 'www-authenticate': `OAuth "Facebook Platform" "invalid_token" "${message}"` } : {}
  return {
    status,
    headers: { ...usageHeaders(twin, visit, regainMinutes), ...challenge },
    body: error.body(traceId(twin)),
  }
}
