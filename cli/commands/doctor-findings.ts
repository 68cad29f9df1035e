import type { ConnectionHealth, RequestAllowance } from '../../lib/model/connection-health.ts'
import { PlatformError, type PlatformFailure } from '../../lib/model/failure.ts'
import { messageText, nameText } from '../../lib/model/foreign-text.ts'
import type { AccountStructure } from '../../lib/model/structure.ts'
import { DAY_MS, HOUR_MS, type Instant, isoInstant, MINUTE_MS, SECOND_MS } from '../../lib/units/calendar.ts'
import { rateText } from '../../lib/units/rates.ts'
import { type RateStanding, withoutRate } from './rates-standing.ts'

/** One thing that was looked at. What is no `ok` says what to do about it. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'failure'
  /** An account as `platform:id`, a secret, `tables`, `rates`. */
  readonly subject: string
  readonly check:
    | 'tables'
    | 'secret'
    | 'connection'
    | 'token'
    | 'scopes'
    | 'version'
    | 'clock'
    | 'limits'
    | 'writes'
    | 'pull'
    | 'rates'
  readonly says: string
  readonly remedy?: string
}

const TOKEN_SOON_MS = 7 * DAY_MS
const VERSION_SOON_MS = 60 * DAY_MS
/** AWS refuses requests that are signed by a clock that is off by more. */
const CLOCK_MAX_MS = 5 * MINUTE_MS
const CLOCK_SOON_MS = 30 * SECOND_MS
/** From this share of a limit on there is little left. */
export const USED_SOON = 0.75
const PULL_SOON_MS = DAY_MS

/** What an account's policies want of its connection. */
export interface Wanted {
  readonly subject: string
  readonly secret: string
  /** Whether anything is pushed to it: an observer needs no right to change anything. */
  readonly isPushed: boolean
  readonly now: Instant
}

/** What a connection's health comes to. */
export const healthFindings = (health: ConnectionHealth, wanted: Wanted): readonly Finding[] => [
  { level: 'ok', subject: wanted.subject, check: 'connection', says: 'answers' },
  tokenFinding(health, wanted),
  ...scopesFinding(health, wanted),
  versionFinding(health, wanted),
  ...clockFinding(health, wanted),
  ...limitFindings(health.limits, wanted),
  ...blockerFindings(health.blockers, wanted),
]

/** What an adapter comes to that tells nothing of its connection: its account could be read, and that is all. */
export const untoldFindings = (
  { blockers }: Pick<AccountStructure, 'blockers'>,
  wanted: Wanted,
): readonly Finding[] => [
  { level: 'ok', subject: wanted.subject, check: 'connection', says: 'answers: its campaigns can be read' },
  {
    level: 'warning',
    subject: wanted.subject,
    check: 'connection',
    says: 'its adapter tells nothing of the token, its scopes, the API’s version and its end, the clock and the limits',
    remedy:
      'look at them in the platform’s own screens, or ask for an adapter with “health” (docs/adding-a-platform.md)',
  },
  ...blockerFindings(blockers, wanted),
]

function tokenFinding({ token }: ConnectionHealth, { subject, secret, now }: Wanted): Finding {
  const issued =
    token.issuedAt === undefined || !isTime(token.issuedAt)
      ? '; when it was issued is not told'
      : `, issued ${dayOf(token.issuedAt)}, ${ageText(now - token.issuedAt)} ago`
  const about = { subject, check: 'token' } as const
  if (token.kind === 'lasts')
    return { ...about, level: 'ok', says: `lasts until it is revoked${issued}${renewed(token)}` }
  if (token.expiresAt === undefined)
    return { ...about, level: 'ok', says: `when it ends is not told${issued}${renewed(token)}` }
  const remedy = `issue a new one and put it into secret ${secret}`
  if (!isTime(token.expiresAt)) return { ...about, level: 'warning', says: `ends at ${NO_TIME}${issued}`, remedy }
  const left = token.expiresAt - now
  if (left <= 0) return { ...about, level: 'failure', says: `ended on ${dayOf(token.expiresAt)}${issued}`, remedy }
  const says = `ends on ${dayOf(token.expiresAt)}, in ${ageText(left)}${issued}`
  return left < TOKEN_SOON_MS ? { ...about, level: 'warning', says, remedy } : { ...about, level: 'ok', says }
}

/** What requests carry renews itself: that it ends soon is no news. */
const renewed = ({ accessUntil }: ConnectionHealth['token']): string =>
  accessUntil === undefined ? '' : `; the access token under it renews itself, next before ${timeText(accessUntil)}`

function scopesFinding({ scopes }: ConnectionHealth, { subject, isPushed }: Wanted): readonly Finding[] {
  const about = { subject, check: 'scopes' } as const
  if (!scopes) return [{ ...about, level: 'ok', says: 'which were granted is not told' }]
  const granted = scopes.granted.map(nameText).join(', ') || 'none'
  if (scopes.missing.length === 0) return [{ ...about, level: 'ok', says: `granted: ${granted}` }]
  return [
    {
      ...about,
      level: isPushed ? 'failure' : 'warning',
      says: `granted: ${granted}; missing: ${scopes.missing.join(', ')}`,
      remedy: 'issue a token with the missing scopes, or leave its portfolios in mode observe or shadow',
    },
  ]
}

function versionFinding({ apiVersion, apiVersionEndsOn }: ConnectionHealth, { subject, now }: Wanted): Finding {
  const about = { subject, check: 'version' } as const
  if (apiVersionEndsOn === undefined)
    return {
      ...about,
      level: 'ok',
      says: `API ${apiVersion}, of which no end is announced as far as this Sluice knows`,
    }
  // The last day counts to its end, wherever that is first.
  const left = Date.parse(`${apiVersionEndsOn}T23:59:59Z`) - now
  const remedy = 'update Sluice, or set apiVersion of the connection once you have tried a newer one'
  if (left < 0) return { ...about, level: 'failure', says: `API ${apiVersion} ended on ${apiVersionEndsOn}`, remedy }
  const says = `API ${apiVersion}, which ends on ${apiVersionEndsOn}`
  return left < VERSION_SOON_MS ? { ...about, level: 'warning', says, remedy } : { ...about, level: 'ok', says }
}

function clockFinding({ clock }: ConnectionHealth, { subject }: Wanted): readonly Finding[] {
  const about = { subject, check: 'clock' } as const
  if (!clock) return [{ ...about, level: 'ok', says: 'the platform does not tell its time' }]
  const ahead = clock.ours - clock.theirs
  const off = Math.abs(ahead)
  const says = `this machine is ${Math.round(off / SECOND_MS)} s ${ahead < 0 ? 'behind' : 'ahead of'} the platform`
  const remedy = 'set the clock of this machine by NTP: days, claims and expiry are reckoned by it'
  if (off >= CLOCK_MAX_MS) return [{ ...about, level: 'failure', says, remedy }]
  if (off >= CLOCK_SOON_MS) return [{ ...about, level: 'warning', says, remedy }]
  return [{ ...about, level: 'ok', says: 'agrees with the platform’s' }]
}

const NO_LIMITS: RequestAllowance = { name: 'requests' }

const limitFindings = (limits: readonly RequestAllowance[], { subject }: Wanted): readonly Finding[] =>
  (limits.length > 0 ? limits : [NO_LIMITS]).map(({ name, usedShare, resetsAt }): Finding => {
    const about = { subject, check: 'limits' } as const
    if (usedShare === undefined)
      return { ...about, level: 'ok', says: `${nameText(name)}: the platform does not tell what is used` }
    const says = `${nameText(name)}: ${(100 * usedShare).toFixed(1)} % used`
    if (usedShare < USED_SOON) return { ...about, level: 'ok', says }
    const free = resetsAt === undefined ? '' : `, free again at ${timeText(resetsAt)}`
    return {
      ...about,
      level: 'warning',
      says: `${says}${free}`,
      remedy: 'wait; if it comes back, find what else uses the same application',
    }
  })

function blockerFindings(blockers: AccountStructure['blockers'], { subject, isPushed }: Wanted): readonly Finding[] {
  const about = { subject, check: 'writes' } as const
  if (blockers.length === 0) return [{ ...about, level: 'ok', says: 'nothing blocks them' }]
  return blockers.map(({ code, detail }) => ({
    ...about,
    level: isPushed ? 'failure' : 'warning',
    says: `blocked by ${nameText(code)}`,
    remedy: messageText(detail),
  }))
}

/** What a connection that did not answer comes to. */
export function failureFinding(error: unknown, { subject, secret }: Pick<Wanted, 'subject' | 'secret'>): Finding {
  const says = messageText(error instanceof Error ? error.message : String(error))
  const remedy =
    error instanceof PlatformError ? REMEDIES[error.failure.kind](secret) : `put the connection of ${subject} right`
  const passes = error instanceof PlatformError && PASSING.has(error.failure.kind)
  return { level: passes ? 'warning' : 'failure', subject, check: 'connection', says, remedy }
}

/** It answers, and only not yet. A connection that does not answer keeps Sluice from working for as long as it does not. */
const PASSING: ReadonlySet<PlatformFailure['kind']> = new Set(['rate-limited', 'entity-cooldown'])

const REMEDIES: Readonly<Record<PlatformFailure['kind'], (secret: string) => string>> = {
  unauthorised: (secret) => `renew the credentials in secret ${secret}, and see that they may reach the account`,
  'rate-limited': () => 'wait, and ask again',
  'entity-cooldown': () => 'wait, and ask again',
  'quota-exhausted': () => 'ask again tomorrow; ask the platform for a higher quota if it comes back',
  transient: () =>
    'see that the platform can be reached from here, and ask again; if it comes back look at its status page',
  rejected: () =>
    'see that the account’s id is right, that the credentials may reach it, and that apiVersion of its connection still answers',
  unreadable: () => 'the platform answers in another form than this Sluice knows: update it, and report it',
}

export function pullFinding(subject: string, pulledAt: Instant | undefined, now: Instant): Finding {
  const about = { subject, check: 'pull' } as const
  const remedy = 'run "sluice pull"; where functions are deployed, look at the log of pull and its dead letters'
  if (pulledAt === undefined) return { ...about, level: 'warning', says: 'was never pulled', remedy }
  const says = `was pulled ${ageText(now - pulledAt)} ago`
  return now - pulledAt > PULL_SOON_MS ? { ...about, level: 'warning', says, remedy } : { ...about, level: 'ok', says }
}

export function rateFinding(standing: RateStanding): Finding {
  const { from, to, rate, ageDays = 0, maxAgeDays, due, state, portfolio } = standing
  const about = { subject: 'rates', check: 'rates' } as const
  const remedy = 'run "sluice rates fetch", or add it to the rates file by hand'
  const missing = `${from}→${to} is not known, which ${portfolio} needs: ${withoutRate(standing)}`
  if (!rate) return { ...about, level: 'failure', says: missing, remedy }
  const says = `${from}→${to} is ${rateText(rate)} of ${rate.date}, ${ageDays} of ${maxAgeDays} days old`
  if (state === 'old') return { ...about, level: 'failure', says: `${says}: ${withoutRate(standing)}`, remedy }
  return state === 'late'
    ? { ...about, level: 'warning', says: `${says}; those of ${due} are out`, remedy }
    : { ...about, level: 'ok', says }
}

const NO_TIME = 'a time that cannot be read'
/** What an adapter hands over may be beyond all dates: that is told, and is no reason to tell nothing. */
const isTime = (at: Instant): boolean => !Number.isNaN(new Date(at).getTime())
const timeText = (at: Instant): string => (isTime(at) ? isoInstant(at) : NO_TIME)
const dayOf = (at: Instant): string => isoInstant(at).slice(0, 10)

const ageText = (ms: number): string => {
  if (ms < HOUR_MS) return `${Math.max(0, Math.floor(ms / MINUTE_MS))} min`
  return ms < 2 * DAY_MS ? `${Math.floor(ms / HOUR_MS)} h` : `${Math.floor(ms / DAY_MS)} days`
}
