import * as z from 'zod'
import type { AccountId, AccountRef } from '../../model/account.ts'
import type { ConnectionHealth } from '../../model/connection-health.ts'
import { PlatformError } from '../../model/failure.ts'
import { limitsOf } from '../../model/request-limits.ts'
import type { Clock } from '../../ports/clock.ts'
import { dateAt } from '../../units/calendar.ts'
import { basicsOf, blockersOf, readAdvertiser } from './account.ts'
import type { Api, Ask } from './api.ts'
import { isNotGranted } from './failures.ts'
import { tiktokLimits } from './limits.ts'
import { API_VERSION } from './sender.ts'

/** Who sells nothing in the TikTok Shop needs it for nothing. */
const GMV_MAX = 'GMV Max'

/** Scopes by the name that TikTok's portal has for them, each with a reading that needs it. */
const probesOf = (account: AccountId, today: string): ReadonlyMap<string, Ask> => {
  const query = { advertiser_id: account, page: 1, page_size: 1 }
  const gmvMax = { gmv_max_promotion_types: ['PRODUCT_GMV_MAX', 'LIVE_GMV_MAX'] }
  const report = {
    ...{ report_type: 'BASIC', data_level: 'AUCTION_ADVERTISER', dimensions: ['advertiser_id', 'stat_time_day'] },
    ...{ metrics: ['spend'], start_date: today, end_date: today },
  }
  return new Map<string, Ask>([
    ['Ads Management', { account, path: 'campaign/get/', query }],
    ['Reporting', { account, path: 'report/integrated/get/', query: { ...query, ...report } }],
    [GMV_MAX, { account, path: 'gmv_max/campaign/get/', query: { ...query, filtering: gmvMax } }],
  ])
}

/**
 * How the connection stands. TikTok tells neither a token's scopes nor how much of a limit is used: scopes are found out by
 * one small reading each, and whether Ads Management may write only a write would tell.
 *
 * @throws PlatformError when the advertiser cannot be read, or the token is of no use
 */
export async function readHealth(api: Api, clock: Clock, account: AccountRef): Promise<ConnectionHealth> {
  const advertiser = await readAdvertiser(api, account.id)
  const clocks = api.clocks()
  const { issuedAt } = await api.credentials()
  const today = dateAt(clock.now(), basicsOf(advertiser).zone)
  const granted = ['Ad Account Management']
  const missing: string[] = []
  for (const [scope, ask] of probesOf(account.id, today)) {
    if (await isGranted(api, ask)) granted.push(scope)
    else if (scope !== GMV_MAX) missing.push(scope)
  }
  return {
    apiVersion: API_VERSION,
    token: { kind: 'lasts', ...(issuedAt !== undefined && { issuedAt }) },
    scopes: { granted, missing },
    ...(clocks && { clock: clocks }),
    limits: limitsOf(tiktokLimits, undefined).limits.map(({ name, most }) => ({ name: `${most} ${name}, at least` })),
    blockers: blockersOf(advertiser.status),
  }
}

async function isGranted(api: Api, ask: Ask): Promise<boolean> {
  try {
    await api.get(ask, z.unknown())
    return true
  } catch (error) {
    if (error instanceof PlatformError && isNotGranted(error.failure)) return false
    throw error
  }
}
