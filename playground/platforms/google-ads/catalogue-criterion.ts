/** Fields of campaign criteria, and of the views that report by them. */
import type { WorldCampaign, WorldCriterion } from '../../world.ts'
import { type Field, fieldsOf, type Row } from './field.ts'
import { campaignName, criterionName, DEVICE_CRITERIA, DEVICE_ENUM, listedName, viewName } from './names.ts'

const criterion = fieldsOf<WorldCampaign>('campaign_criterion', 'ATTRIBUTE', (r) =>
  r.device || r.criterion ? r.campaign : undefined,
)

const TYPES: Readonly<Record<WorldCriterion['dimension'], string>> = {
  place: 'LOCATION',
  hour: 'AD_SCHEDULE',
  audience: 'USER_LIST',
}

const nameOf = (c: WorldCampaign, { account, device, criterion: of }: Row): string =>
  of ? listedName(account.id, c.id, of.id) : criterionName(account.id, c.id, device!)

const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']
const hoursOf = (_: WorldCampaign, { criterion: of }: Row) => of?.hours

const view = (name: 'location_view' | 'campaign_audience_view', collection: string): Field =>
  fieldsOf<WorldCampaign>(name, 'ATTRIBUTE', (r) => r.criterion && r.campaign)(
    'resource_name',
    'RESOURCE_NAME',
    ['output', 'implicit'],
    (c, r) => viewName(r.account.id, collection, c.id, r.criterion!.id),
  )

export const CRITERION_FIELDS: readonly Field[] = [
  criterion('resource_name', 'RESOURCE_NAME', ['immutable', 'implicit'], nameOf),
  criterion('campaign', 'RESOURCE_NAME', ['immutable'], (c, r) => campaignName(r.account.id, c.id)),
  criterion('criterion_id', 'INT64', ['output'], (_, r) => r.criterion?.id ?? DEVICE_CRITERIA[r.device!]),
  criterion('display_name', 'STRING', ['output', 'implicit'], (_, r) => r.criterion?.name ?? r.device),
  criterion('bid_modifier', 'FLOAT', [], (c, r) =>
    r.criterion ? r.criterion.multiplier : c.deviceMultipliers.get(r.device!),
  ),
  criterion('negative', 'BOOLEAN', ['immutable'], () => false),
  criterion('type', 'ENUM:CriterionType', ['output', 'implicit'], (_, r) =>
    r.criterion ? TYPES[r.criterion.dimension] : 'DEVICE',
  ),
  criterion('status', 'ENUM:CampaignCriterionStatus', ['implicit'], () => 'ENABLED'),
  criterion('device.type', 'ENUM:Device', ['implicit'], (_, r) => r.device && DEVICE_ENUM[r.device]),
  criterion(
    'ad_schedule.day_of_week',
    'ENUM:DayOfWeek',
    ['implicit'],
    (c, r) => DAYS[(hoursOf(c, r)?.weekday ?? 0) - 1],
  ),
  criterion('ad_schedule.start_hour', 'INT32', [], (c, r) => hoursOf(c, r)?.from),
  criterion('ad_schedule.start_minute', 'ENUM:MinuteOfHour', ['implicit'], (c, r) => hoursOf(c, r) && 'ZERO'),
  criterion('ad_schedule.end_hour', 'INT32', [], (c, r) => hoursOf(c, r)?.to),
  criterion('ad_schedule.end_minute', 'ENUM:MinuteOfHour', ['implicit'], (c, r) => hoursOf(c, r) && 'ZERO'),
  view('location_view', 'locationViews'),
  view('campaign_audience_view', 'campaignAudienceViews'),
]
