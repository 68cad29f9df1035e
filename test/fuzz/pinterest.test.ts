import { pinterestParsers } from './pinterest.parsers.ts'
import { specifyParsers } from './specify.ts'

await specifyParsers('pinterest', pinterestParsers)
