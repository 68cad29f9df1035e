import { invalid, noPermission, unknownField } from './errors.ts'
import {
  adGroupFieldNames,
  adGroupFields,
  campaignFieldNames,
  campaignFields,
  gmvMaxDetails,
  gmvMaxFields,
  type Shown,
  selected,
} from './fields.ts'
import { toFloat } from './money.ts'
import {
  adGroupNodes,
  adGroupStatus,
  balanceMicros,
  campaignNodes,
  campaignStatus,
  gmvMaxNodes,
  hasPrimaryStatus,
  PRIMARY_STATUSES,
  splitTestOf,
} from './nodes.ts'
import { filtersOf, idsIn, type Page, type Params, pageOf } from './params.ts'
import { type Answer, accountOf, type Call, nowOf, type Twin } from './twin.ts'

const LIST_PARAMS = ['advertiser_id', 'fields', 'filtering', 'page', 'page_size', 'exclude_field_types_in_response']
const PAGE_MAX = 1_000
const GMV_MAX_PAGE_MAX = 100

function primaryOf(filters: Readonly<Record<string, unknown>>): string {
  const { primary_status: primary = 'STATUS_NOT_DELETE' } = filters
  if (typeof primary === 'string' && PRIMARY_STATUSES.includes(primary)) return primary
  throw invalid(`filtering.primary_status: Must be one of ${PRIMARY_STATUSES.join(', ')}.`)
}

/** Every item of a listing as one kind of object, in pages. */
function pages<T>(
  items: readonly T[],
  params: Params,
  show: (item: T) => Shown,
  names: (shown: Shown) => ReadonlySet<string>,
): Page<Shown> {
  const fields = params.list('fields')
  return pageOf(items, params, PAGE_MAX, (item) => {
    const shown = show(item)
    return selected(shown, fields, names(shown))
  })
}

export function listCampaigns(twin: Twin, { params }: Call): Answer {
  params.only(...LIST_PARAMS)
  const account = accountOf(twin, params.text('advertiser_id'))
  const filters = filtersOf(params, ['campaign_ids', 'primary_status', 'split_test_enabled', 'objective_type'])
  const [ids, primary] = [idsIn(filters, 'campaign_ids'), primaryOf(filters)]
  const { split_test_enabled: inTest, objective_type: objective } = filters
  const found = campaignNodes(account).filter(
    (node) =>
      (!ids || ids.has(node.campaign.id)) &&
      hasPrimaryStatus(campaignStatus(node), primary) &&
      (inTest === undefined || inTest === (splitTestOf(node, nowOf(twin)) !== undefined)) &&
      (objective === undefined || campaignFields(node).objective_type === objective),
  )
  return { data: pages(found, params, campaignFields, campaignFieldNames) }
}

export function listAdGroups(twin: Twin, { params }: Call): Answer {
  params.only(...LIST_PARAMS)
  const account = accountOf(twin, params.text('advertiser_id'))
  const filters = filtersOf(params, ['campaign_ids', 'adgroup_ids', 'primary_status', 'split_test_enabled'])
  const [campaigns, ids] = [idsIn(filters, 'campaign_ids'), idsIn(filters, 'adgroup_ids')]
  const primary = primaryOf(filters)
  const { split_test_enabled: inTest } = filters
  const found = adGroupNodes(account).filter(
    (node) =>
      (!campaigns || campaigns.has(node.campaign.id)) &&
      (!ids || ids.has(node.adGroup.id)) &&
      hasPrimaryStatus(adGroupStatus(node), primary) &&
      (inTest === undefined || inTest === (splitTestOf(node, nowOf(twin)) !== undefined)),
  )
  return { data: pages(found, params, (node) => adGroupFields(node, nowOf(twin)), adGroupFieldNames) }
}

function checkGmvMaxScope({ hasGmvMaxScope }: Twin): void {
  if (!hasGmvMaxScope) throw noPermission('No permission: the app was not granted the GMV Max scope.')
}

const PROMOTION_TYPES = ['PRODUCT_GMV_MAX', 'LIVE_GMV_MAX']

/** Campaigns of the two kinds are told apart by asking for one of them; all of the pretend world's are of the first. */
export function listGmvMax(twin: Twin, { params }: Call): Answer {
  checkGmvMaxScope(twin)
  params.only('advertiser_id', 'fields', 'filtering', 'page', 'page_size')
  const account = accountOf(twin, params.text('advertiser_id'))
  const filters = filtersOf(params, ['gmv_max_promotion_types', 'campaign_ids', 'primary_status'])
  const { gmv_max_promotion_types: types, primary_status: primary } = filters
  if (!Array.isArray(types) || types.length === 0 || !types.every((type) => PROMOTION_TYPES.includes(type)))
    throw invalid(`filtering.gmv_max_promotion_types: Must be a list of ${PROMOTION_TYPES.join(', ')}.`)
  const ids = idsIn(filters, 'campaign_ids')
  const found = gmvMaxNodes(account).filter(
    (node) =>
      types.includes('PRODUCT_GMV_MAX') &&
      (!ids || ids.has(node.campaign.id)) &&
      (primary === undefined || hasPrimaryStatus(campaignStatus(node), String(primary))),
  )
  return { data: pageOf(found, params, GMV_MAX_PAGE_MAX, gmvMaxFields) }
}

export function gmvMaxInfo(twin: Twin, { params }: Call): Answer {
  checkGmvMaxScope(twin)
  params.only('advertiser_id', 'campaign_id')
  const account = accountOf(twin, params.text('advertiser_id'))
  const id = params.text('campaign_id')
  const found = gmvMaxNodes(account).find(({ campaign }) => campaign.id === id)
  if (!found) throw invalid(`The campaign ${id} is not a GMV Max campaign of this advertiser.`)
  return { data: gmvMaxDetails(found) }
}

const ADVERTISERS_MAX = 100

function advertiserFields(twin: Twin, id: string): Shown {
  const account = accountOf(twin, id)
  return {
    advertiser_id: account.id,
    name: account.name,
    status: account.status === 'active' ? 'STATUS_ENABLE' : 'STATUS_LIMIT',
    currency: account.currency,
    timezone: account.zone,
    display_timezone: account.zone,
    balance: toFloat(balanceMicros(account), account.currency),
    role: 'ROLE_ADVERTISER',
    country: 'US',
    create_time: 1_510_740_064,
  }
}

export function advertiserInfo(twin: Twin, { params }: Call): Answer {
  params.only('advertiser_ids', 'fields')
  const ids = params.list('advertiser_ids') ?? []
  if (ids.length < 1 || ids.length > ADVERTISERS_MAX) throw invalid(`advertiser_ids: Must be 1 to ${ADVERTISERS_MAX}.`)
  const fields = params.list('fields')
  return {
    data: {
      list: ids.map((id) => {
        const shown = advertiserFields(twin, id)
        for (const field of fields ?? []) if (!(field in shown)) throw unknownField('fields', field)
        return fields ? Object.fromEntries(Object.entries(shown).filter(([name]) => fields.includes(name))) : shown
      }),
    },
  }
}
