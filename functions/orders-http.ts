import { systemClock } from './composition/clock.ts'
import { lambdaSecrets } from './composition/connect.ts'
import { ordersSecret } from './composition/environment.ts'
import { stdoutLog } from './composition/log.ts'
import { ordersTaker } from './composition/orders.ts'
import { makeHttpHandler, orderKeysIn } from './orders-handlers.ts'

const secrets = lambdaSecrets()
const name = ordersSecret(process.env)

export const handler = makeHttpHandler({
  keys: async () => orderKeysIn(await secrets.read(name), name),
  take: ordersTaker(process.env),
  clock: systemClock,
  log: stdoutLog,
})
