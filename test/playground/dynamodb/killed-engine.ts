/**
 * An engine to be killed. Started as a process of its own with a folder; kills itself, without any chance to tidy up, at
 * the step of a transaction that KILL_AT names, such as `applied:3`.
 */
import { startEmbeddedDynamoDb } from '../../../playground/dynamodb/engine.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('give the folder as the first argument')

const killAt = process.env.KILL_AT
const { endpoint } = await startEmbeddedDynamoDb({
  folder,
  onStep: (step, index) => {
    if (`${step}:${index}` === killAt) process.kill(process.pid, 'SIGKILL')
  },
})
process.stdout.write(`${endpoint}\n`)
