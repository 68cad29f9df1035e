import type * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import type { Api } from './api.ts'
import { adGroupSchema, campaignSchema, LISTED, type PinterestAdGroup, type PinterestCampaign } from './schema.ts'

/** Ids in one request: Pinterest's own most. */
export const IDS_PER_CALL = 250

export const LEVELS = {
  campaign: { path: '/campaigns', ids: 'campaign_ids' },
  'ad-group': { path: '/ad_groups', ids: 'ad_group_ids' },
} as const
export type Level = keyof typeof LEVELS

// By rising id, so that what is made while the pages are read comes at the end.
const LISTING = { entity_statuses: LISTED, order: 'ASCENDING' }

export const listCampaigns = (api: Api, account: AccountId): Promise<readonly PinterestCampaign[]> =>
  api.all({ account, path: LEVELS.campaign.path, query: LISTING }, campaignSchema)

export const listAdGroups = (api: Api, account: AccountId): Promise<readonly PinterestAdGroup[]> =>
  api.all({ account, path: LEVELS['ad-group'].path, query: LISTING }, adGroupSchema)

/** Those of these entities that there are, by id. */
export async function readMany<T extends { readonly id: string }>(
  api: Api,
  { account, level, use }: { readonly account: AccountId; readonly level: Level; readonly use: RequestUse },
  ids: readonly string[],
  schema: z.ZodType<T>,
): Promise<ReadonlyMap<string, T>> {
  const { path, ids: parameter } = LEVELS[level]
  const found: (readonly T[])[] = []
  for (const some of chunks([...new Set(ids)], IDS_PER_CALL))
    found.push(await api.all({ account, path, use, query: { ...LISTING, [parameter]: some } }, schema))
  return new Map(found.flat().map((one) => [one.id, one]))
}

export const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))
