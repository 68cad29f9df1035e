/**
 * Last days on which versions of the API answer. Those up to v22 ended on days that were announced one by one; of later ones
 * Google names the month that it plans, of which the last day before is taken.
 *
 * @see https://developers.google.com/google-ads/api/docs/sunset-dates
 * @see https://developers.google.com/ads/blog/posts/2025/09/more-frequent-releases-coming-for (read 2026-11-21)
 */
export const VERSION_ENDS: Readonly<Record<string, string>> = {
  v20: '2026-06-09',
  v21: '2026-08-04',
  v22: '2026-10-06',
  v23: '2027-01-31',
  v24: '2027-04-30',
  v25: '2027-07-31',
  v26: '2027-10-31',
}
