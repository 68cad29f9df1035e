import type { ServingTrouble } from '../../model/structure.ts'

/** Of Google's primary status: what cannot serve at all. Limits of money, bids and demand are no trouble of serving. */
const STOPPED = new Set(['NOT_ELIGIBLE', 'MISCONFIGURED'])
/** Reasons that name ads which were not let through. */
const DISAPPROVED = /DISAPPROVED|BY_POLICY/

/** What keeps a campaign that is switched on from serving, in Google's words; undefined where nothing does. */
export function troubleOf({
  status,
  primaryStatus,
  primaryStatusReasons: reasons,
}: {
  readonly status: string
  readonly primaryStatus?: string | undefined
  readonly primaryStatusReasons: readonly string[]
}): ServingTrouble | undefined {
  if (status !== 'ENABLED') return undefined
  if (primaryStatus !== undefined && STOPPED.has(primaryStatus)) return { kind: 'stopped', reasons }
  const ofAds = reasons.filter((reason) => DISAPPROVED.test(reason))
  return ofAds.length > 0 ? { kind: 'disapproved', reasons: ofAds } : undefined
}
