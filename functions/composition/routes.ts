import type { Stage, StageMessage } from '../../lib/model/turn.ts'

/** Stages that talk to a platform, and therefore have a queue of their own for accounts of a heavy client library. */
export type PlatformStage = Exclude<Stage, 'plan'>
export type QueueName = Stage | `${PlatformStage}-google-ads`

/** Every queue; each feeds the Lambda function of the same name. */
export const QUEUES = [
  'pull',
  'plan',
  'act',
  'verify',
  'pull-google-ads',
  'act-google-ads',
  'verify-google-ads',
] as const satisfies readonly QueueName[]

const GOOGLE_ADS = 'google-ads:'

/** The queue that a message belongs to: its stage's, or the Google one where its account is Google's. */
export function routes({ stage, key }: StageMessage): QueueName {
  if (stage === 'plan') return stage
  return key.startsWith(GOOGLE_ADS) ? `${stage}-google-ads` : stage
}
