import type { AccountId } from '../../model/account.ts'
import type { ConnectionHealth, RequestAllowance, TokenHealth } from '../../model/connection-health.ts'
import type { WriteBlocker } from '../../model/structure.ts'
import { DAY_MS, later } from '../../units/calendar.ts'
import { currencyOf, readAccount, roleBlockers } from './account.ts'
import type { Api } from './api.ts'
import { API_VERSION } from './endpoint.ts'
import { listCampaigns } from './entities.ts'
import { instantOf, type PinterestSecret } from './secret.ts'
import { disabledBlockers } from './structure.ts'
import type { Tokens } from './tokens.ts'

const SCOPES = ['ads:read', 'ads:write'] as const

/** Every refresh token lives so long, and each renewal issues another. */
const REFRESH_DAYS = 60

/** How the connection stands: the account is read, and the dates of the tokens are those that were stored with them. */
export async function readHealth(api: Api, tokens: Tokens, account: AccountId): Promise<ConnectionHealth> {
  const read = await readAccount(api, account)
  currencyOf(read)
  const campaigns = await listCampaigns(api, account)
  const secret = await tokens.secret()
  const scopes = scopesOf(secret)
  const clock = api.clocks()
  return {
    apiVersion: API_VERSION,
    token: tokenHealth(secret),
    ...(scopes && { scopes }),
    ...(clock && { clock }),
    limits: limitsOf(api),
    blockers: [...roleBlockers(read), ...disabledBlockers(campaigns), ...scopeBlockers(scopes)],
  }
}

/** Of the refresh token, after which a person must authorise the app again. Access tokens under it renew themselves. */
export function tokenHealth(secret: PinterestSecret): TokenHealth {
  const { refreshTokenExpiresAt: end, accessTokenExpiresAt: accessEnd } = secret
  const access = accessEnd === undefined ? {} : { accessUntil: instantOf(accessEnd) }
  if (end === undefined) return { kind: 'unknown', ...access }
  const expiresAt = instantOf(end)
  return { kind: 'expires', expiresAt, issuedAt: later(expiresAt, -REFRESH_DAYS * DAY_MS), ...access }
}

type Scopes = NonNullable<ConnectionHealth['scopes']>

/** Told with each renewal, and not before the first. */
export function scopesOf({ scope }: Pick<PinterestSecret, 'scope'>): Scopes | undefined {
  if (scope === undefined) return undefined
  const granted = scope.split(/[\s,]+/).filter((one) => one !== '')
  return { granted, missing: SCOPES.filter((one) => !granted.includes(one)) }
}

const scopeBlockers = (scopes: Scopes | undefined): readonly WriteBlocker[] =>
  scopes?.missing.includes('ads:write')
    ? [{ code: 'scope', detail: 'the token lacks ads:write: authorise the app with that scope' }]
    : []

/** What the headers said of each kind of call. */
const limitsOf = (api: Api): readonly RequestAllowance[] =>
  [...api.usage].map(([kind, { usedShare, resetsAt }]) => ({ name: kind, usedShare, resetsAt }))
