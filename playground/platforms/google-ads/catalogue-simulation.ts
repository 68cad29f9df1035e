/** Fields of campaign simulations, of which the twin has those of budgets and of targets. */
import type { WorldSimulation, WorldSimulationPoint, WorldTargetPoint, WorldTargetSimulation } from '../../world.ts'
import { type Field, fieldsOf } from './field.ts'
import { simulationName, simulationType } from './names.ts'
import type { Json } from './render.ts'

type Simulation = WorldSimulation | WorldTargetSimulation

const simulation = fieldsOf<Simulation>('campaign_simulation', 'ATTRIBUTE', (r) => r.simulation)

export const SIMULATION_FIELDS: readonly Field[] = [
  simulation('resource_name', 'RESOURCE_NAME', ['output', 'implicit'], (s, r) => simulationName(r.account.id, s)),
  simulation('campaign_id', 'INT64', ['output', 'implicit'], (s) => s.campaignId),
  simulation('type', 'ENUM:SimulationType', ['output', 'implicit'], simulationType),
  simulation('modification_method', 'ENUM:SimulationModificationMethod', ['output', 'implicit'], () => 'UNIFORM'),
  simulation('start_date', 'DATE', ['output', 'implicit'], (s) => s.from),
  simulation('end_date', 'DATE', ['output', 'implicit'], (s) => s.to),
  simulation('budget_point_list.points', 'MESSAGE', ['repeated'], (s) =>
    'kind' in s
      ? undefined
      : s.points.map((point) => ({ budgetAmountMicros: point.budgetMicros.toString(), ...broughtJson(point) })),
  ),
  simulation('target_cpa_point_list.points', 'MESSAGE', ['repeated'], (s) =>
    targetPoints(s, 'target-cpa', ({ target }) => ({ targetCpaMicros: target.toString() })),
  ),
  simulation('target_roas_point_list.points', 'MESSAGE', ['repeated'], (s) =>
    targetPoints(s, 'target-roas', ({ target }) => ({ targetRoas: target })),
  ),
]

const targetPoints = (
  of: Simulation,
  kind: WorldTargetSimulation['kind'],
  key: (point: WorldTargetPoint) => Json,
): readonly Json[] | undefined =>
  'kind' in of && of.kind === kind
    ? of.points.map((point) => ({
        ...key(point),
        requiredBudgetAmountMicros: point.requiredBudgetMicros.toString(),
        ...broughtJson(point),
      }))
    : undefined

const broughtJson = (point: Omit<WorldSimulationPoint, 'budgetMicros'>): Json => ({
  biddableConversions: point.conversions,
  biddableConversionsValue: Number(point.valueMicros) / 1e6,
  clicks: point.clicks.toString(),
  costMicros: point.spendMicros.toString(),
  impressions: point.impressions.toString(),
})
