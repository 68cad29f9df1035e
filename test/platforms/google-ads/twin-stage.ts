/** The adapter against the pretend Google Ads, which was written from the same public files by other hands. */
import { accountRef } from '../../../lib/model/account.ts'
import type { Lever } from '../../../lib/model/lever.ts'
import { googleAdsPlatform } from '../../../lib/platforms/google-ads/platform.ts'
import type { AdPlatform } from '../../../lib/ports/platform.ts'
import { currency, money } from '../../../lib/units/money.ts'
import { type FaultPlan, noFaults } from '../../../playground/faults.ts'
import { GOOGLE_TWIN_CREDENTIALS } from '../../../playground/platforms/google-ads/tokens.ts'
import {
  type GoogleAdsTwin,
  type GoogleAdsTwinOptions,
  startGoogleAdsTwin,
} from '../../../playground/platforms/google-ads/twin.ts'
import type { World } from '../../../playground/world.ts'
import { type AccountSpec, aWorld, CUSTOMER, type StubWorld } from '../../playground/google-ads/stub-world.ts'

export const ACCOUNT = accountRef('google-ads', CUSTOMER)
export const HOUR = 3_600_000

/** One world, its twin, and the adapter that talks to it. */
export interface Stage {
  readonly world: StubWorld
  readonly twin: GoogleAdsTwin
  readonly google: AdPlatform
  /** What goes wrong with which request; may be replaced at any time. */
  faults: FaultPlan
}

export async function startStage(
  spec: Partial<AccountSpec> = {},
  over: Partial<GoogleAdsTwinOptions> = {},
): Promise<Stage> {
  const world = aWorld(spec)
  let faults = noFaults
  const twin = await startGoogleAdsTwin({ world, faults: (call) => faults(call), ...over })
  const google = adapterAt(twin, world)
  return {
    world,
    twin,
    google,
    get faults() {
      return faults
    },
    set faults(plan) {
      faults = plan
    },
  }
}

export const adapterAt = (twin: GoogleAdsTwin, world: Pick<World, 'now'>): AdPlatform =>
  googleAdsPlatform({
    secrets: { read: async () => JSON.stringify(GOOGLE_TWIN_CREDENTIALS) },
    secretName: 'google-ads',
    clock: { now: () => world.now() },
    endpoints: { api: twin.baseUrl, token: twin.tokenUrl },
    requestTimeoutMs: 5_000,
  })

export const lever = (kind: Lever['kind'], entity: Lever['entity'], id: string, device?: 'mobile'): Lever => ({
  account: ACCOUNT,
  kind,
  entity,
  id,
  ...(device ? { device } : {}),
})
export const amount = (micros: bigint, of = 'USD') => ({ kind: 'money', amount: money(micros, currency(of)) }) as const
