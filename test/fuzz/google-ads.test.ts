import { googleAdsParsers } from './google-ads.parsers.ts'
import { specifyParsers } from './specify.ts'

await specifyParsers('google-ads', googleAdsParsers)
