import { snapchatParsers } from './snapchat.parsers.ts'
import { specifyParsers } from './specify.ts'

await specifyParsers('snapchat', snapchatParsers)
