/** Fields of campaign simulations, of which the twin has those of budgets. */
import type { WorldSimulation, WorldSimulationPoint } from '../../world.ts'
import { type Field, fieldsOf } from './field.ts'
import { simulationName } from './names.ts'
import type { Json } from './render.ts'

const simulation = fieldsOf<WorldSimulation>('campaign_simulation', 'ATTRIBUTE', (r) => r.simulation)

export const SIMULATION_FIELDS: readonly Field[] = [
  simulation('resource_name', 'RESOURCE_NAME', ['output', 'implicit'], (s, r) => simulationName(r.account.id, s)),
  simulation('campaign_id', 'INT64', ['output', 'implicit'], (s) => s.campaignId),
  simulation('type', 'ENUM:SimulationType', ['output', 'implicit'], () => 'BUDGET'),
  simulation('modification_method', 'ENUM:SimulationModificationMethod', ['output', 'implicit'], () => 'UNIFORM'),
  simulation('start_date', 'DATE', ['output', 'implicit'], (s) => s.from),
  simulation('end_date', 'DATE', ['output', 'implicit'], (s) => s.to),
  simulation('budget_point_list.points', 'MESSAGE', ['repeated'], (s) => s.points.map(pointJson)),
]

const pointJson = (point: WorldSimulationPoint): Json => ({
  budgetAmountMicros: point.budgetMicros.toString(),
  biddableConversions: point.conversions,
  biddableConversionsValue: Number(point.valueMicros) / 1e6,
  clicks: point.clicks.toString(),
  costMicros: point.spendMicros.toString(),
  impressions: point.impressions.toString(),
})
