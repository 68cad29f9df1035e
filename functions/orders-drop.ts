import { stdoutLog } from './composition/log.ts'
import { objectReader, ordersTaker } from './composition/orders.ts'
import { makeDropHandler } from './orders-handlers.ts'

export const handler = makeDropHandler({ read: objectReader(), take: ordersTaker(process.env), log: stdoutLog })
