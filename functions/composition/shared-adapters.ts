import { meta } from './meta.ts'
import type { Connect } from './platform-lambda.ts'

/** The adapters that share one function for each stage; Google's have functions of their own. */
export const SHARED_ADAPTERS: Readonly<Record<string, Connect>> = { meta }
