import { downloadParsers, orderParsers } from './imports.parsers.ts'
import { specifyParsers } from './specify.ts'

// A download is a whole table, found and understood: about a millisecond each.
await specifyParsers('downloads', downloadParsers, 0.1)
await specifyParsers('files of orders', orderParsers)
