import type { WorldPlatform } from '../world.ts'

export type EntityKind = 'campaign' | 'ad-group' | 'budget' | 'experiment'

/** Where each kind starts counting on Google, about as long as real ones are. */
const GOOGLE_BASE: Readonly<Record<EntityKind, bigint>> = {
  campaign: 20_100_000_000n,
  'ad-group': 150_100_000_000n,
  budget: 13_100_000_000n,
  experiment: 4_100_000_000n,
}

/** Eighteen digits, beyond what a double holds exactly: neighbours become the same number when read as one. */
const META_BASE: Readonly<Record<EntityKind, bigint>> = {
  campaign: 120_210_000_000_000_001n,
  'ad-group': 120_220_000_000_000_001n,
  budget: 120_230_000_000_000_001n,
  experiment: 120_240_000_000_000_001n,
}
/** Older Meta ids are shorter; every fifth one is. */
const META_OLD_BASE = { campaign: 238_410_000_000_001n, 'ad-group': 238_420_000_000_001n }

/** Sixteen digits, as TikTok's are: just short of and beyond what a double holds exactly. */
const TIKTOK_BASE: Readonly<Record<EntityKind, bigint>> = {
  campaign: 1_790_000_000_000_001n,
  'ad-group': 18_110_000_000_000_001n,
  budget: 18_120_000_000_000_001n,
  experiment: 18_130_000_000_000_001n,
}

const PINTEREST_BASE: Readonly<Record<EntityKind, bigint>> = {
  campaign: 626_735_565_838n,
  'ad-group': 2_680_059_592_705n,
  budget: 2_780_059_592_705n,
  experiment: 2_880_059_592_705n,
}

const BASES = { 'google-ads': GOOGLE_BASE, tiktok: TIKTOK_BASE, pinterest: PINTEREST_BASE }

/** Snapchat's are UUIDs. */
const UUID_KIND: Readonly<Record<EntityKind, string>> = {
  campaign: 'c0a1',
  'ad-group': 'ad51',
  budget: 'b0d6',
  experiment: 'e5b2',
}
const uuid = (kind: EntityKind, offset: bigint): string =>
  `8adc3db7-${UUID_KIND[kind]}-4fbf-999c-${(0x2266_3600_0000n + offset).toString(16).padStart(12, '0')}`

const PER_ACCOUNT = 10_000_000n

/**
 * Id of the n-th entity of a kind in the n-th account of a scenario. It depends on the place in the file only, never on
 * the seed, so that a policy written for one seed fits them all.
 */
export function entityId(platform: WorldPlatform, kind: EntityKind, account: number, index: number): string {
  const offset = BigInt(account) * PER_ACCOUNT + BigInt(index)
  if (platform === 'snapchat') return uuid(kind, offset)
  if (platform !== 'meta') return String(BASES[platform][kind] + offset)
  const isOld = index % 5 === 4 && (kind === 'campaign' || kind === 'ad-group')
  return String((isOld ? META_OLD_BASE[kind] : META_BASE[kind]) + offset)
}
