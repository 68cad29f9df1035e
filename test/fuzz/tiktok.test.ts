import { specifyParsers } from './specify.ts'
import { tiktokParsers } from './tiktok.parsers.ts'

await specifyParsers('tiktok', tiktokParsers)
