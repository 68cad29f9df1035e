/** The platforms that Sluice itself has adapters for, and how they write themselves. Others are brought by adapter packages. */
export const PLATFORM_NAMES = {
  'google-ads': 'Google Ads',
  meta: 'Meta',
  tiktok: 'TikTok',
  snapchat: 'Snapchat',
  pinterest: 'Pinterest',
} as const satisfies Readonly<Record<string, string>>

export type OwnPlatform = keyof typeof PLATFORM_NAMES

export const OWN_PLATFORMS = Object.keys(PLATFORM_NAMES) as readonly OwnPlatform[]
