/**
 * Last days on which versions of the Marketing API answer; after them Meta answers with a later one, or not at all. Of v25.0
 * and later no day is announced. The Graph API of the same number lives a year longer, which ads do not profit from.
 *
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/marketing-api-changelog/versions (read 2026-11-21)
 */
export const VERSION_ENDS: Readonly<Record<string, string>> = {
  'v21.0': '2025-09-09',
  'v22.0': '2026-02-19',
  'v23.0': '2026-06-09',
  'v24.0': '2026-10-06',
}
