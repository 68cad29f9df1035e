import { planExtras } from './composition/plan-extras.ts'
import { stageLambda } from './composition/stage-lambda.ts'

export const handler = stageLambda('plan', await planExtras())
