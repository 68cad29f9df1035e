import type { EntityStatus, WorldAccount } from '../../world.ts'
import { invalid, TikTokError } from './errors.ts'
import { type Answer, accountOf, type Call, type Twin } from './twin.ts'
import { checkOpen, ordinaryAdGroup, ordinaryCampaign } from './updates.ts'

const STATUSES: Readonly<Record<string, EntityStatus>> = { ENABLE: 'active', DISABLE: 'paused', DELETE: 'removed' }
const IDS_MAX = 20

interface Asked {
  readonly account: WorldAccount
  readonly ids: readonly string[]
  readonly operation: string
  readonly status: EntityStatus
}

function asked(twin: Twin, { params }: Call, idsName: string): Asked {
  const ids = params.list(idsName) ?? []
  const operation = params.text('operation_status')
  const status = STATUSES[operation]
  if (ids.length < 1 || ids.length > IDS_MAX) throw invalid(`${idsName}: Must be 1 to ${IDS_MAX} strings.`)
  if (!status) throw invalid(`operation_status: Must be one of ${Object.keys(STATUSES).join(', ')}.`)
  const account = accountOf(twin, params.text('advertiser_id'))
  checkOpen(account)
  return { account, ids, operation, status }
}

function setStatus(twin: Twin, { account, status }: Asked, level: 'campaign' | 'ad-group', id: string): void {
  const parent = [...account.campaigns.values()].find((one) => one.id === id || one.adGroups.has(id))
  const before = level === 'campaign' ? parent?.status : parent?.adGroups.get(id)?.status
  if (before === status) return
  const edit = { platform: 'tiktok', accountId: account.id, kind: 'status', level, id, status } as const
  twin.world.apply(edit, { kind: 'api', name: twin.credentials.appId })
}

/** All or nothing: one campaign that cannot be changed and none is. */
export function updateCampaignStatus(twin: Twin, call: Call): Answer {
  call.params.only('advertiser_id', 'campaign_ids', 'operation_status', 'postback_window_mode')
  const what = asked(twin, call, 'campaign_ids')
  for (const id of what.ids) ordinaryCampaign(what.account, id)
  for (const id of what.ids) setStatus(twin, what, 'campaign', id)
  const campaign_list = what.ids.map((campaign_id) => ({ campaign_id, status: what.operation }))
  return { data: { campaign_ids: what.ids, status: what.operation, campaign_list } }
}

/** Why an ad group cannot be changed; `undefined` where it can. */
function obstacle(account: WorldAccount, id: string): string | undefined {
  try {
    ordinaryAdGroup(account, id)
    return undefined
  } catch (error) {
    if (error instanceof TikTokError) return error.message
    throw error
  }
}

/** All or nothing, unless `allow_partial_success`: then 20001, with those that were not changed in `error_list`. */
export function updateAdGroupStatus(twin: Twin, call: Call): Answer {
  call.params.only('advertiser_id', 'adgroup_ids', 'operation_status', 'allow_partial_success')
  const what = asked(twin, call, 'adgroup_ids')
  const error_list = what.ids.flatMap((adgroup_id) => {
    const error_message = obstacle(what.account, adgroup_id)
    return error_message === undefined ? [] : [{ adgroup_id, error_message }]
  })
  const [first] = error_list
  if (first && !call.params.flag('allow_partial_success')) throw invalid(first.error_message)
  const refused = new Set(error_list.map(({ adgroup_id }) => adgroup_id))
  const adgroup_ids = what.ids.filter((id) => !refused.has(id))
  for (const id of adgroup_ids) setStatus(twin, what, 'ad-group', id)
  const data = { adgroup_ids, status: what.operation, error_list }
  return first ? { data, code: 20001, message: 'Partial success.' } : { data }
}
