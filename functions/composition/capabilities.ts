import type { PlatformCapabilities } from '../../lib/model/capability.ts'
import type { OwnPlatform } from '../../lib/model/platform-names.ts'
import { googleAdsCapabilities } from '../../lib/platforms/google-ads/capabilities.ts'
import { metaCapabilities } from '../../lib/platforms/meta/capabilities.ts'
import { pinterestCapabilities } from '../../lib/platforms/pinterest/capabilities.ts'
import { snapchatCapabilities } from '../../lib/platforms/snapchat/capabilities.ts'
import { tiktokCapabilities } from '../../lib/platforms/tiktok/capabilities.ts'
import type { PlatformRegistry } from '../../lib/ports/platform.ts'
import type { Adapters } from './adapters.ts'

const CAPABILITIES: Readonly<Record<OwnPlatform, PlatformCapabilities>> = {
  'google-ads': googleAdsCapabilities,
  meta: metaCapabilities,
  tiktok: tiktokCapabilities,
  snapchat: snapchatCapabilities,
  pinterest: pinterestCapabilities,
}

/**
 * What platforms honour, and nothing of what talks to them: enough to plan, with no credential in reach.
 *
 * @throws RangeError from the registry for a platform that nobody has capabilities of, Error for an adapter that cannot be had
 */
export const capabilitiesOf =
  (adapters: Adapters = {}): PlatformRegistry =>
  (platform) => {
    const adapter = adapters[platform]
    if (adapter instanceof Error) throw adapter
    const capabilities =
      (CAPABILITIES as Readonly<Record<string, PlatformCapabilities>>)[platform] ?? adapter?.capabilities
    if (!capabilities) {
      const known = Object.keys({ ...CAPABILITIES, ...adapters }).join(', ')
      throw new RangeError(`no capabilities known of platform "${platform}": there is ${known}`)
    }
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

/** Those of Sluice's own adapters. */
export const capabilitiesOnly: PlatformRegistry = capabilitiesOf()
