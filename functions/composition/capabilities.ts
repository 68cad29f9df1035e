import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import { googleAdsCapabilities } from '../../lib/platforms/google-ads/capabilities.ts'
import { metaCapabilities } from '../../lib/platforms/meta/capabilities.ts'
import type { PlatformRegistry } from '../../lib/ports/platform.ts'

const CAPABILITIES: Readonly<Record<string, PlatformCapabilities>> = {
  'google-ads': googleAdsCapabilities,
  meta: metaCapabilities,
}

/** What platforms honour, and nothing of what talks to them: enough to plan, with no credential in reach. */
export const capabilitiesOnly: PlatformRegistry = (platform) => {
  const capabilities = CAPABILITIES[platform]
  if (!capabilities)
    throw new RangeError(
      `no capabilities known of platform "${platform}": there is ${Object.keys(CAPABILITIES).join(', ')}`,
    )
  const refuse = async () => {
    throw new Error(`${platform} cannot be reached from here: planning looks at what was pulled and nothing else`)
  }
  return {
    id: platform,
    capabilities,
    reader: { structure: refuse, performance: refuse, changes: refuse, live: refuse, announcements: refuse },
    writer: { apply: refuse, announce: refuse },
  }
}
