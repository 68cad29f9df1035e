import type { Connection } from '../../functions/composition/connections.ts'
import type { Secrets } from '../../lib/ports/secrets.ts'
import type { FaultPlan } from '../../playground/faults.ts'
import { GOOGLE_TWIN_CREDENTIALS } from '../../playground/platforms/google-ads/tokens.ts'
import { startGoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'
import { META_TWIN_CREDENTIALS, startMetaTwin } from '../../playground/platforms/meta/server.ts'
import { PINTEREST_TWIN_CREDENTIALS, startPinterestTwin } from '../../playground/platforms/pinterest/server.ts'
import { SNAPCHAT_TWIN_CREDENTIALS, startSnapchatTwin } from '../../playground/platforms/snapchat/server.ts'
import { startTikTokTwin, TIKTOK_TWIN_CREDENTIALS } from '../../playground/platforms/tiktok/server.ts'
import type { World, WorldPlatform } from '../../playground/world.ts'

/** A pretend platform that runs, and how the real adapter reaches it. */
interface Twin {
  readonly endpoints: Readonly<Record<string, string>>
  close(): Promise<void>
}

interface Kind {
  readonly credentials: object
  /** By these names its change history would show Sluice. */
  readonly ourActors?: readonly string[]
  start(world: World, faults: FaultPlan): Promise<Twin>
}

const KINDS: Readonly<Record<WorldPlatform, Kind>> = {
  'google-ads': {
    credentials: GOOGLE_TWIN_CREDENTIALS,
    ourActors: [GOOGLE_TWIN_CREDENTIALS.clientId],
    async start(world, faults) {
      const twin = await startGoogleAdsTwin({ world, faults })
      return { endpoints: { api: twin.baseUrl, token: twin.tokenUrl }, close: twin.close }
    },
  },
  meta: {
    credentials: META_TWIN_CREDENTIALS,
    ourActors: [META_TWIN_CREDENTIALS.appId],
    async start(world, faults) {
      const twin = await startMetaTwin({ world, faults })
      return { endpoints: { api: twin.baseUrl }, close: twin.close }
    },
  },
  tiktok: {
    credentials: TIKTOK_TWIN_CREDENTIALS,
    async start(world, faults) {
      const twin = await startTikTokTwin({ world, faults })
      return { endpoints: { api: twin.baseUrl }, close: twin.close }
    },
  },
  snapchat: {
    credentials: SNAPCHAT_TWIN_CREDENTIALS,
    async start(world, faults) {
      const twin = await startSnapchatTwin({ world, faults })
      return { endpoints: { api: twin.baseUrl, token: twin.tokenUrl }, close: twin.close }
    },
  },
  pinterest: {
    credentials: PINTEREST_TWIN_CREDENTIALS,
    async start(world, faults) {
      const twin = await startPinterestTwin({ world, faults })
      return { endpoints: { api: twin.baseUrl }, close: twin.close }
    },
  },
}

export interface Twins {
  readonly connections: readonly Connection[]
  readonly secrets: Secrets
  close(): Promise<void>
}

const secretOf = (platform: WorldPlatform): string => `pretend/${platform}`

/** The pretend platforms that the world has accounts of, with connections to them. */
export async function startTwins(world: World, faults: FaultPlan): Promise<Twins> {
  const platforms = [...new Set(world.accounts.map(({ platform }) => platform))]
  const twins = await Promise.all(
    platforms.map(async (platform) => ({ platform, twin: await KINDS[platform].start(world, faults) })),
  )
  return {
    connections: twins.map(({ platform, twin }) => {
      const { ourActors } = KINDS[platform]
      return {
        account: `${platform}:*`,
        secret: secretOf(platform),
        endpoints: twin.endpoints,
        ...(ourActors ? { ourActors } : {}),
      }
    }),
    secrets: pretendSecrets(platforms),
    close: async () => {
      await Promise.all(twins.map(({ twin }) => twin.close()))
    },
  }
}

/** In memory, and replaced as Secrets Manager's would be: one platform renews its own. */
function pretendSecrets(platforms: readonly WorldPlatform[]): Secrets {
  const known = new Map(
    platforms.map((platform) => [secretOf(platform), JSON.stringify(KINDS[platform].credentials)] as const),
  )
  const read = async (name: string): Promise<string> => {
    const secret = known.get(name)
    if (secret === undefined) throw new Error(`there is no secret "${name}" in the pretend world`)
    return secret
  }
  return {
    read,
    async replace(name, was, text) {
      if ((await read(name)) !== was) return false
      known.set(name, text)
      return true
    },
  }
}
