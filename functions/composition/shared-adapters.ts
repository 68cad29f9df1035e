import { meta } from './meta.ts'
import { pinterest } from './pinterest.ts'
import type { Connect } from './platform-lambda.ts'
import { snapchat } from './snapchat.ts'
import { tiktok } from './tiktok.ts'

/** The adapters that share one function for each stage; Google's have functions of their own. */
export const SHARED_ADAPTERS: Readonly<Record<string, Connect>> = { meta, tiktok, snapchat, pinterest }
