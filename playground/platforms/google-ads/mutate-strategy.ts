/** Bidding strategies of campaigns, as a mask and a resource state them. */
import type { WorldCampaign, WorldStrategy } from '../../world.ts'
import { billableUnit } from './currencies.ts'
import {
  doubleAt,
  int64At,
  type Mistake,
  type MutateContext,
  mistake,
  type Operation,
  valueAt,
} from './mutate-types.ts'
import type { Scheme } from './view.ts'

/** Bounds of `target_roas.target_roas`, both included (campaign.proto, TargetRoas). */
const ROAS = { least: 0.01, most: 1000 }

const SCHEMES = [
  'maximize_conversions',
  'maximize_conversion_value',
  'target_cpa',
  'target_roas',
  'manual_cpc',
] as const
type SchemeName = (typeof SCHEMES)[number]
const schemeIn = (path: string): SchemeName | undefined => SCHEMES.find((s) => s === path.split('.')[0])

export interface StrategyWish {
  readonly strategy: WorldStrategy
  readonly scheme: Scheme
}

/** The strategy that an update asks for, the mistakes in it, or nothing when its mask names none. */
export function strategyWish(
  context: MutateContext,
  operation: Operation,
  campaign: WorldCampaign,
): StrategyWish | readonly Mistake[] | undefined {
  const paths = operation.mask.filter((p) => schemeIn(p))
  const names = new Set(paths.map(schemeIn))
  const [name] = names
  if (!name) return undefined
  if (names.size > 1)
    return [mistake('mutateError', 'INCONSISTENT_FIELD_VALUES', 'More than one bidding strategy is set.', ['update'])]
  const mistakes = paths.flatMap((path) => pathMistakes(context, operation, campaign, path))
  return mistakes.length > 0 ? mistakes : wish(operation, name, campaign)
}

export const isMistakes = (found: StrategyWish | readonly Mistake[]): found is readonly Mistake[] =>
  Array.isArray(found)

function wish({ resource }: Operation, name: SchemeName, campaign: WorldCampaign): StrategyWish {
  switch (name) {
    case 'maximize_conversions':
    case 'target_cpa': {
      const targetCpaMicros = int64At(resource, `${name}.target_cpa_micros`) ?? 0n
      const targeted = targetCpaMicros > 0n
      const strategy: WorldStrategy = targeted ? { kind: 'target-cpa', targetCpaMicros } : { kind: 'max-conversions' }
      return { strategy, scheme: name === 'target_cpa' ? 'target' : 'maximize' }
    }
    case 'maximize_conversion_value':
    case 'target_roas': {
      const targetRoas = doubleAt(resource, `${name}.target_roas`) ?? 0
      const strategy: WorldStrategy = targetRoas > 0 ? { kind: 'target-roas', targetRoas } : { kind: 'max-value' }
      return { strategy, scheme: name === 'target_roas' ? 'target' : 'maximize' }
    }
    case 'manual_cpc': {
      const { bidMicros } = campaign.strategy
      return { strategy: { kind: 'manual-cpc', ...(bidMicros === undefined ? {} : { bidMicros }) }, scheme: 'maximize' }
    }
  }
}

function pathMistakes(
  context: MutateContext,
  { resource }: Operation,
  campaign: WorldCampaign,
  path: string,
): readonly Mistake[] {
  const set = valueAt(resource, path)
  const name = schemeIn(path)
  if (!path.includes('.') && set && typeof set === 'object' && Object.keys(set).length > 0)
    return [
      mistake(
        'fieldMaskError',
        'FIELD_HAS_SUBFIELDS',
        `Name the fields inside '${path}' in the mask.`,
        ['update_mask'],
        {
          trigger: { stringValue: path },
        },
      ),
    ]
  if (campaign.kind === 'performance-max' && name !== 'maximize_conversions' && name !== 'maximize_conversion_value')
    return [
      mistake(
        'biddingError',
        'CANNOT_ATTACH_BIDDING_STRATEGY_TO_CAMPAIGN',
        `A Performance Max campaign cannot have the strategy ${name}.`,
        ['update', name ?? path],
      ),
    ]
  if (path.endsWith('.target_cpa_micros')) return cpaMistakes(context, path, int64At(resource, path))
  return path.endsWith('.target_roas') ? roasMistakes(path, doubleAt(resource, path)) : []
}

/** Strategies of their own need their target; for the "maximize" ones unset and 0 mean none. */
const needsTarget = (path: string): boolean => path.startsWith('target_')

export function cpaMistakes({ account }: MutateContext, path: string, micros: bigint | undefined): readonly Mistake[] {
  const unit = billableUnit(account.currency)
  const refuse = (code: string, message: string) => [
    mistake('biddingError', code, message, ['update', ...path.split('.')], {
      trigger: { int64Value: String(micros ?? 0n) },
    }),
  ]
  if (micros === undefined || micros === 0n)
    return needsTarget(path) ? refuse('BID_TOO_SMALL', 'The target CPA must be above 0.') : []
  if (micros < unit) return refuse('BID_TOO_SMALL', `The target CPA is less than ${unit} micros.`)
  if (micros % unit !== 0n)
    return refuse('BID_TOO_MANY_FRACTIONAL_DIGITS', `The target CPA is not a multiple of ${unit} micros.`)
  return micros > 1_000_000n * unit ? refuse('BID_TOO_BIG', 'The target CPA is too large.') : []
}

export function roasMistakes(path: string, roas: number | undefined): readonly Mistake[] {
  const refuse = (code: string) => [
    mistake(
      'rangeError',
      code,
      `The target ROAS must be from ${ROAS.least} to ${ROAS.most}.`,
      ['update', ...path.split('.')],
      { trigger: { doubleValue: roas ?? 0 } },
    ),
  ]
  if (roas === undefined || roas === 0) return needsTarget(path) ? refuse('TOO_LOW') : []
  if (roas < ROAS.least) return refuse('TOO_LOW')
  return roas > ROAS.most ? refuse('TOO_HIGH') : []
}
