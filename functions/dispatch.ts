import { dueMessages } from '../lib/control/dispatch.ts'
import { stdoutLog } from './composition/log.ts'
import { lambdaLoop } from './composition/loop.ts'
import { makeDispatchHandler } from './dispatch-handler.ts'

export const handler = makeDispatchHandler({ dueMessages, loopFor: lambdaLoop('dispatch'), log: stdoutLog })
