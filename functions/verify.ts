import { sharedLambda } from './composition/platform-lambda.ts'
import { SHARED_ADAPTERS } from './composition/shared-adapters.ts'

export const handler = await sharedLambda('verify', SHARED_ADAPTERS)
