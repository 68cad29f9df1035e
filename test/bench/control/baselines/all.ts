import type { ControllerKind } from '../controller.ts'
import { staticFit, weeklyRefit } from './curve-fits.ts'
import { discreteThompson, discreteUcb } from './discrete.ts'
import { gpThompsonKnapsack } from './gp-thompson.ts'
import { greedyLast } from './greedy.ts'
import { platformCbo } from './platform-cbo.ts'
import { rulesDaily, rulesThreeDays } from './rules.ts'
import { equal, hold, proportionalConversions, proportionalRoas } from './shares.ts'

/** What a team would use instead, in the order of the report. Each sees what every controller sees, and no more. */
export const BASELINES: readonly ControllerKind[] = [
  equal,
  hold,
  proportionalRoas,
  proportionalConversions,
  rulesDaily,
  rulesThreeDays,
  greedyLast,
  staticFit,
  weeklyRefit,
  gpThompsonKnapsack,
  discreteThompson,
  discreteUcb,
  platformCbo,
]
