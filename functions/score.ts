import { stageLambda } from './composition/stage-lambda.ts'

export const handler = stageLambda('score', {})
