import type { AccountDate } from '../../../lib/units/calendar.ts'
import type {
  Device,
  WorldAccount,
  WorldAdGroup,
  WorldBudget,
  WorldCampaign,
  WorldCriterion,
  WorldExperiment,
  WorldSimulation,
  WorldTargetSimulation,
} from '../../world.ts'
import type { BiddingEvent } from './bidding-events.ts'
import type { ChangeEvent } from './change-events.ts'
import type { ConversionAction } from './conversion-actions.ts'
import type { Currency } from './currencies.ts'
import type { EnumName } from './enums.ts'
import type { Sums } from './sums.ts'
import type { View } from './view.ts'

/** One result row before it is rendered: the things that the selected fields read from. */
export interface Row {
  readonly view: View
  readonly account: WorldAccount
  readonly budget?: WorldBudget | undefined
  readonly campaign?: WorldCampaign | undefined
  readonly adGroup?: WorldAdGroup | undefined
  readonly device?: Device
  readonly criterion?: WorldCriterion
  readonly experiment?: WorldExperiment
  readonly arm?: ExperimentArm
  readonly change?: ChangeEvent
  readonly action?: ConversionAction
  readonly currency?: Currency
  readonly client?: CustomerClient
  readonly adjustment?: BiddingEvent
  readonly exclusion?: BiddingEvent
  readonly simulation?: WorldSimulation | WorldTargetSimulation
  readonly segments?: SegmentValues
  readonly metrics?: Sums
}

export interface ExperimentArm {
  /** 1 for the control arm, then counting up. */
  readonly number: number
  readonly campaignId: string
  readonly trafficSplit: number
}

export interface CustomerClient {
  readonly id: string
  readonly level: number
  readonly manager: boolean
  readonly account?: WorldAccount
}

export interface SegmentValues {
  /** Some day of the row; every selected date segment has one value over all days of the row. */
  readonly date?: AccountDate
  readonly hour?: number
  readonly device?: Device
  readonly action?: ConversionAction
  /** A ConversionLagBucket. */
  readonly lag?: string
  /** A ConversionOrAdjustmentLagBucket. */
  readonly adjustedLag?: string
}

/** Data types as the platform's field service names them. */
export type FieldType =
  | 'INT64'
  | 'INT32'
  | 'STRING'
  | 'RESOURCE_NAME'
  | 'ENUM'
  | 'DOUBLE'
  | 'FLOAT'
  | 'BOOLEAN'
  | 'DATE'
  | 'MESSAGE'

export type Category = 'ATTRIBUTE' | 'SEGMENT' | 'METRIC'

/**
 * - `immutable`, `output`: the API refuses to change it; without either it may stand in an update mask
 * - `implicit`: no presence of its own in proto3, so that a default value is left out of the answer
 * - `repeated`
 */
export type Trait = 'immutable' | 'output' | 'implicit' | 'repeated'

/** Micros and ids: bigint or digits; messages: proto3 JSON. `undefined` is an unset field. */
export type FieldValue = string | number | bigint | boolean | readonly string[] | object | undefined

export interface Field {
  /** Full name in a query: `campaign.target_cpa.target_cpa_micros`. */
  readonly name: string
  /** Its first part: a resource, `segments` or `metrics`. */
  readonly resource: string
  readonly type: FieldType
  readonly enumName?: EnumName
  readonly category: Category
  readonly traits: ReadonlySet<Trait>
  readonly read: (row: Row) => FieldValue
}

export type TypeText = Exclude<FieldType, 'ENUM'> | `ENUM:${EnumName}`

function typeOf(text: TypeText): Pick<Field, 'type' | 'enumName'> {
  return text.startsWith('ENUM:')
    ? { type: 'ENUM', enumName: text.slice('ENUM:'.length) as EnumName }
    : { type: text as FieldType }
}

type Define<T> = (path: string, type: TypeText, traits: readonly Trait[], read: Reader<T>) => Field
type Reader<T> = (thing: T, row: Row) => FieldValue

/** Definer of the fields of one resource, each unset on rows that have no such thing. */
export function fieldsOf<T>(resource: string, category: Category, of: (row: Row) => T | undefined): Define<T> {
  return (path, type, traits, read) => ({
    name: `${resource}.${path}`,
    resource,
    ...typeOf(type),
    category,
    traits: new Set(traits),
    read: (row) => {
      const thing = of(row)
      return thing === undefined ? undefined : read(thing, row)
    },
  })
}

/** `campaign_budget` to `campaignBudget`, as proto3 JSON names it. */
export const camel = (snake: string): string => snake.replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase())
export const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)
