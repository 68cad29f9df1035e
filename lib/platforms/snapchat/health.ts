import type { AccountRef } from '../../model/account.ts'
import type { ConnectionHealth } from '../../model/connection-health.ts'
import { limitsOf } from '../../model/request-limits.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Instant } from '../../units/calendar.ts'
import { basicsOf, blockersOf, readAccount } from './account.ts'
import type { Api } from './api.ts'
import { API_VERSION } from './endpoints.ts'
import { snapchatLimits } from './limits.ts'
import type { AccessToken } from './token.ts'

/** Reading and changing need the same one. */
const NEEDED = ['snapchat-marketing-api']

/**
 * How the connection stands. The access token is renewed by itself before it expires, from a refresh token that lasts until
 * somebody revokes it.
 *
 * @throws PlatformError when the account cannot be read
 */
export async function readHealth(api: Api, clock: Clock, account: AccountRef): Promise<ConnectionHealth> {
  const { account: read, headers } = await readAccount(api, account.id)
  const ours = clock.now()
  basicsOf(read)
  const token = await api.sender.token()
  return {
    apiVersion: API_VERSION,
    token: { kind: 'lasts', accessUntil: token.expiresAt },
    ...scopesOf(token),
    ...clockOf(headers, ours),
    // No header says how much of them is used.
    limits: limitsOf(snapchatLimits).limits.map(({ name, most, windowMs }) => ({
      name: `${name}: ${most} in ${windowMs / 1_000} s`,
    })),
    blockers: blockersOf(read),
  }
}

function scopesOf({ scopes }: AccessToken): Pick<ConnectionHealth, 'scopes'> {
  if (scopes === undefined || scopes.length === 0) return {}
  return { scopes: { granted: scopes, missing: NEEDED.filter((scope) => !scopes.includes(scope)) } }
}

function clockOf(headers: Headers, ours: Instant): Pick<ConnectionHealth, 'clock'> {
  const theirs = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(theirs) ? {} : { clock: { theirs: theirs as Instant, ours } }
}
