import { metaParsers } from './meta.parsers.ts'
import { specifyParsers } from './specify.ts'

await specifyParsers('meta', metaParsers)
