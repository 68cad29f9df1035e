import { meta } from './composition/meta.ts'
import { platformLambda } from './composition/stage-lambda.ts'

export const handler = platformLambda('pull', 'meta', meta)
