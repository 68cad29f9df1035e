import type { AccountKey } from '../model/account.ts'
import type { PlatformCapabilities } from '../model/capability.ts'

/** What the platform of an account honours. */
export type CapabilitiesOf = (account: AccountKey) => PlatformCapabilities
