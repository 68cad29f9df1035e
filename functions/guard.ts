import { meta } from './composition/meta.ts'
import { platformLambda } from './composition/platform-lambda.ts'

export const handler = platformLambda('guard', { meta })
