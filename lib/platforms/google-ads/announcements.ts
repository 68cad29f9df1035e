import * as z from 'zod'
import type { AccountId, AccountRef } from '../../model/account.ts'
import type { PlatformFailure, WriteResult } from '../../model/failure.ts'
import type { Announcement } from '../../ports/platform.ts'
import { DAY_MS } from '../../units/calendar.ts'
import { type Customer, ownAccount } from './account.ts'
import { accountTime, badId, instantOf, isId } from './gaql.ts'
import { failureIn, type GoogleAdsRest } from './rest.ts'
import { factor, idOf, resourceName, unreadable } from './schema.ts'
import { send } from './writer.ts'

type Event = Exclude<Announcement, { readonly kind: 'budget-schedule' }>

const common = {
  name: z.string(),
  startDateTime: z.string(),
  endDateTime: z.string(),
  campaigns: z.array(resourceName).default([]),
}
const seasonalityRow = z.object({
  biddingSeasonalityAdjustment: z.object({ ...common, conversionRateModifier: factor.default(1) }),
})
const exclusionRow = z.object({ biddingDataExclusion: z.object(common) })
type Common = z.infer<typeof exclusionRow>['biddingDataExclusion']

const queryOf = (resource: string, more: readonly string[]): string =>
  `SELECT ${['name', 'start_date_time', 'end_date_time', 'campaigns', ...more]
    .map((field) => `${resource}.${field}`)
    .join(', ')} FROM ${resource} WHERE ${resource}.status = 'ENABLED'`

function eventOf({ name, startDateTime, endDateTime, campaigns }: Common, { zone }: Customer) {
  try {
    const [from, to] = [instantOf(startDateTime, zone), instantOf(endDateTime, zone)]
    return { name, from, to, campaigns: campaigns.map(idOf) }
  } catch (error) {
    throw unreadable(`announcement "${name}": ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Seasonality adjustments and data exclusions in force or to come. @throws PlatformError */
export async function readAnnouncements(
  rest: GoogleAdsRest,
  account: AccountRef,
  customer: Customer,
): Promise<readonly Event[]> {
  const id = ownAccount(account)
  const seasonality = queryOf('bidding_seasonality_adjustment', ['conversion_rate_modifier'])
  const adjustments = await rest.rows(id, seasonality, seasonalityRow)
  const exclusions = await rest.rows(id, queryOf('bidding_data_exclusion', []), exclusionRow)
  return [
    ...adjustments.map(({ biddingSeasonalityAdjustment: of }): Event => {
      return { kind: 'seasonality', ...eventOf(of, customer), conversionRateFactor: of.conversionRateModifier }
    }),
    ...exclusions.map(({ biddingDataExclusion: of }): Event => ({ kind: 'data-exclusion', ...eventOf(of, customer) })),
  ]
}

const refuse = (code: string, detail: string): PlatformFailure => ({ kind: 'rejected', code, detail })

/** Limits of resources/bidding_seasonality_adjustment.proto and bidding_data_exclusion.proto. */
function breach(event: Event): PlatformFailure | undefined {
  const lengthMs = event.to - event.from
  if (event.name === '' || event.name.length > 255) return refuse('NAME', 'name must have 1 to 255 characters')
  if (lengthMs <= 0 || lengthMs > 14 * DAY_MS)
    return refuse(
      'INTERVAL',
      `"${event.name}" lasts ${lengthMs / DAY_MS} days: Google takes more than 0 and at most 14`,
    )
  if (event.campaigns.length > 2000)
    return refuse('CAMPAIGNS', `"${event.name}" names ${event.campaigns.length} campaigns: Google takes 2000`)
  if (event.kind === 'seasonality' && !(event.conversionRateFactor >= 0.1 && event.conversionRateFactor <= 10))
    return refuse('FACTOR', `conversionRateFactor ${event.conversionRateFactor}: Google takes 0.1 to 10`)
  const bad = event.campaigns.find((id) => !isId(id))
  return bad === undefined ? undefined : badId(bad)
}

function createOf(event: Event, account: AccountId, { zone }: Customer) {
  const resource = event.kind === 'seasonality' ? 'biddingSeasonalityAdjustment' : 'biddingDataExclusion'
  const create = {
    name: event.name,
    // Without campaigns it is for the whole account.
    scope: event.campaigns.length > 0 ? 'CAMPAIGN' : 'CUSTOMER',
    startDateTime: accountTime(event.from, zone),
    endDateTime: accountTime(event.to, zone),
    ...(event.campaigns.length > 0
      ? { campaigns: event.campaigns.map((id) => `customers/${account}/campaigns/${id}`) }
      : {}),
    ...(event.kind === 'seasonality' ? { conversionRateModifier: event.conversionRateFactor } : {}),
  }
  return { resource, resourceName: `${resource}/new`, body: { create } } as const
}

/** Creates it unless one of that kind and name is in force; does not throw. */
export async function announce(
  rest: GoogleAdsRest,
  customerOf: (account: AccountId) => Promise<Customer>,
  account: AccountRef,
  announcement: Announcement,
): Promise<WriteResult> {
  const refused = (failure: PlatformFailure): WriteResult => ({ kind: 'refused', failure })
  if (announcement.kind === 'budget-schedule')
    return refused(refuse('NOT_HONOURED', 'Google Ads has no budget schedules: change the budget on the day'))
  const broken = breach(announcement)
  if (broken) return refused(broken)
  try {
    const customer = await customerOf(ownAccount(account))
    const present = await readAnnouncements(rest, account, customer)
    if (present.some(({ kind, name }) => kind === announcement.kind && name === announcement.name))
      return { kind: 'applied' }
    const [result] = await send(rest, account.id, [createOf(announcement, account.id, customer)])
    return result ?? { kind: 'unknown', detail: 'no result' }
  } catch (error) {
    return refused(failureIn(error))
  }
}
