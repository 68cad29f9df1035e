import { OWN_PLATFORMS } from '../../lib/model/platform-names.ts'
import type { Stage, StageMessage } from '../../lib/model/turn.ts'

/** Stages that talk to a platform, and therefore have a queue of their own for accounts of a heavy client library. */
export type PlatformStage = Exclude<Stage, PortfolioStage>
/** Stages of a portfolio, which look at what is stored and nothing else. */
type PortfolioStage = 'plan' | 'score'
export type QueueName = Stage | `${PlatformStage}-google-ads`

/** Every queue; each feeds the Lambda function of the same name. */
export const QUEUES = [
  'pull',
  'plan',
  'act',
  'verify',
  'guard',
  'score',
  'pull-google-ads',
  'act-google-ads',
  'verify-google-ads',
  'guard-google-ads',
] as const satisfies readonly QueueName[]

/** Platforms that the functions serve without an adapter package. */
export const SERVED_PLATFORMS: readonly string[] = OWN_PLATFORMS

/** Which functions work for a platform: Google's its own, all others, adapter packages too, the same. */
export type Lane = 'google-ads' | 'shared'

/** @param account as a key, or with `*` for its id */
export const laneOf = (account: string): Lane => (account.startsWith('google-ads:') ? 'google-ads' : 'shared')

export const isPortfolioStage = (stage: Stage): stage is PortfolioStage => stage === 'plan' || stage === 'score'

/** The queue that a message belongs to: its stage's, or the Google one where its account is Google's. */
export function routes({ stage, key }: StageMessage): QueueName {
  if (isPortfolioStage(stage)) return stage
  return laneOf(key) === 'google-ads' ? `${stage}-google-ads` : stage
}
