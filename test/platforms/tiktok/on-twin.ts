import type { AdPlatform } from '../../../lib/ports/platform.ts'
import {
  startTikTokTwin,
  TIKTOK_TWIN_CREDENTIALS,
  type TikTokTwin,
  type TikTokTwinOptions,
} from '../../../playground/platforms/tiktok/server.ts'
import { type AccountSpec, StubWorld } from '../../playground/stub-world.ts'
import { HOURLY, SPEC } from './families.ts'
import { adapterOn } from './stub.ts'

export interface OnTwin extends AdPlatform {
  readonly twin: TikTokTwin
  readonly world: StubWorld
}

/** The adapter on a twin over a small world, by the world's clock. */
export async function onTwin(options: Partial<TikTokTwinOptions> = {}, spec: AccountSpec = SPEC): Promise<OnTwin> {
  const world = new StubWorld([spec], () => HOURLY)
  const twin = await startTikTokTwin({ world, ...options })
  const secret = JSON.stringify(TIKTOK_TWIN_CREDENTIALS)
  const adapter = adapterOn(twin.baseUrl, {
    secrets: { read: async () => secret },
    clock: world,
    requestTimeoutMs: 2_000,
  })
  return { ...adapter, twin, world }
}
