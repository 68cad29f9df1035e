import type { AccountRef } from '../../model/account.ts'
import type { ConnectionHealth } from '../../model/connection-health.ts'
import type { Clock } from '../../ports/clock.ts'
import type { GoogleAdsRest } from './rest.ts'
import { readStructure } from './structure.ts'
import type { TokenSource } from './token.ts'
import { VERSION_ENDS } from './versions.ts'

/** The one scope of the API. https://developers.google.com/google-ads/api/docs/oauth/overview */
const SCOPE = 'https://www.googleapis.com/auth/adwords'

/**
 * How the connection stands. A new access token is asked for, whose answer says what was granted; a refresh token lasts until
 * it is revoked, and Google does not say of what is left of the day's operations.
 *
 * @throws PlatformError when there is no token to be had, or the account cannot be read
 */
export async function readHealth(
  { rest, tokens, clock, version }: { rest: GoogleAdsRest; tokens: TokenSource; clock: Clock; version: string },
  account: AccountRef,
): Promise<ConnectionHealth> {
  const { granted, clocks } = await tokens.renewed(await tokens.credentials())
  const { blockers } = await readStructure(rest, clock, account)
  const endsOn = VERSION_ENDS[version]
  return {
    apiVersion: version,
    ...(endsOn === undefined ? {} : { apiVersionEndsOn: endsOn }),
    token: { kind: 'lasts' },
    ...(granted ? { scopes: { granted, missing: granted.includes(SCOPE) ? [] : [SCOPE] } } : {}),
    ...(clocks ? { clock: clocks } : {}),
    limits: [{ name: 'operations a day' }],
    blockers,
  }
}
