/** The same attempts through Sluice's own adapter. */
import * as z from 'zod'
import { PlatformError } from '../../lib/model/failure.ts'
import { DEFAULT_VERSION } from '../../lib/platforms/google-ads/endpoints.ts'
import { googleAdsRest } from '../../lib/platforms/google-ads/rest.ts'
import { digits } from '../../lib/platforms/google-ads/schema.ts'
import type { TokenSource } from '../../lib/platforms/google-ads/token.ts'
import { ACCOUNT, budgetTo, NOW, platformAt } from '../platforms/google-ads/tiny-server.ts'
import { ACCESS_TOKEN, DEVELOPER_TOKEN, type Outcome, outcomeOf } from './google-transport.outcome.ts'

const CREDENTIALS = { accessToken: ACCESS_TOKEN, developerToken: DEVELOPER_TOKEN, usableUntil: NOW }
const tokens: TokenSource = {
  credentials: async () => CREDENTIALS,
  renewed: async () => CREDENTIALS,
  forget: () => {},
}
const row = z.object({ campaign: z.object({ id: digits }) })

export function ownRead(base: string, timeoutMs: number): Promise<Outcome> {
  const rest = googleAdsRest({ api: new URL(base), version: DEFAULT_VERSION, tokens, timeoutMs })
  const ids = rest
    .rows(ACCOUNT.id, 'SELECT campaign.id FROM campaign', row)
    .then((rows) => `success: ${rows.map(({ campaign: { id } }) => `${typeof id} ${id}`).join(', ')}`)
  return outcomeOf(ids, said)
}

/** Through the writer, as a turn would. */
export function ownWrite(base: string, timeoutMs: number): Promise<Outcome> {
  const { writer } = platformAt({ base }, { requestTimeoutMs: timeoutMs })
  const result = writer.apply(ACCOUNT, [budgetTo('501', 50_000_000n)]).then(([first]) => first?.kind ?? 'no result')
  return outcomeOf(result, said)
}

const said = (error: unknown): string =>
  error instanceof PlatformError ? `${error.failure.kind}: ${error.failure.detail.slice(0, 70)}` : String(error)
