import type { Device, WorldSimulation, WorldTargetSimulation } from '../../world.ts'

/** Resource names of version 25. */
export const customerName = (id: string): string => `customers/${id}`
const within = (collection: string) => (customer: string, id: string) => `customers/${customer}/${collection}/${id}`

export const budgetName = within('campaignBudgets')
export const campaignName = within('campaigns')
export const adGroupName = within('adGroups')
export const experimentName = within('experiments')
export const conversionActionName = within('conversionActions')
export const adjustmentName = within('biddingSeasonalityAdjustments')
export const simulationName = (customer: string, of: WorldSimulation | WorldTargetSimulation): string =>
  `customers/${customer}/campaignSimulations/${of.campaignId}~${simulationType(of)}~UNIFORM~${compact(of.from)}~${compact(of.to)}`
const SIMULATION_TYPES = { 'target-cpa': 'TARGET_CPA', 'target-roas': 'TARGET_ROAS' } as const
export const simulationType = (of: WorldSimulation | WorldTargetSimulation): string =>
  'kind' in of ? SIMULATION_TYPES[of.kind] : 'BUDGET'
const compact = (date: string): string => date.replaceAll('-', '')
export const exclusionName = within('biddingDataExclusions')

export const criterionName = (customer: string, campaign: string, device: Device): string =>
  `customers/${customer}/campaignCriteria/${campaign}~${DEVICE_CRITERIA[device]}`
/** Of a criterion that is no device. */
export const listedName = (customer: string, campaign: string, id: string): string =>
  `customers/${customer}/campaignCriteria/${campaign}~${id}`
export const viewName = (customer: string, view: string, campaign: string, id: string): string =>
  `customers/${customer}/${view}/${campaign}~${id}`
export const armName = (customer: string, experiment: string, arm: number): string =>
  `customers/${customer}/experimentArms/${experiment}~${arm}`

/** Criterion ids of the device types: fixed numbers, the same in every account. */
export const DEVICE_CRITERIA: Readonly<Record<Device, string>> = {
  desktop: '30000',
  mobile: '30001',
  tablet: '30002',
}

export const DEVICE_ENUM: Readonly<Record<Device, string>> = { desktop: 'DESKTOP', mobile: 'MOBILE', tablet: 'TABLET' }
export const DEVICES = ['desktop', 'mobile', 'tablet'] as const satisfies readonly Device[]

export interface ParsedName {
  readonly customer: string
  readonly collection: string
  readonly id: string
}

/** Parts of a resource name under a customer, or nothing when it is malformed. */
export function parseName(name: unknown): ParsedName | undefined {
  const match = typeof name === 'string' ? /^customers\/(\d+)\/([a-zA-Z]+)\/(-?\d+(?:~\d+)?)$/.exec(name) : null
  const [, customer, collection, id] = match ?? []
  return customer && collection && id ? { customer, collection, id } : undefined
}
