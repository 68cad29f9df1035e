import type { CampaignId } from '../../model/account.ts'
import { accountKey } from '../../model/account.ts'
import { breakersOf } from '../../model/breakers.ts'
import { ruleKey } from '../../model/conversions.ts'
import { addDays } from '../../units/calendar.ts'
import { daysOf, isAnnounced, ratePerHour, subjectOf, waiting, watched } from './figures.ts'
import type { Breaker, GuardView, Trip } from './view.ts'

/** Days whose conversions have come in, so that they say what a click brings. */
const FROM_DAYS = 35
const TO_DAYS = 7
/** Conversions that a rate must rest on. */
const LEAST_CONVERSIONS = 20

/**
 * Clicks of today and yesterday that should have brought conversions by now, the late ones not counted, brought none.
 * Where that is so of the whole account, its counting has stopped more likely than its customers.
 */
export const zeroConversions: Breaker = (view) => {
  if (!view.claims) return undefined
  const least = breakersOf(view.policy).zeroConversions.expected
  const rule = ruleOf(view)
  const campaigns = watched(view)
    .filter((campaign) => !isAnnounced(view, campaign))
    .map((campaign) => ({ campaign, ...seenOf(view, campaign.id, rule) }))
  const expected = campaigns.reduce((sum, one) => sum + one.expected, 0)
  if (expected >= least && campaigns.length > 1 && !campaigns.some(({ converted }) => converted))
    return [
      accountTrip(
        view,
        campaigns.map(({ campaign }) => campaign.id),
        expected,
      ),
    ]
  return campaigns
    .filter((one) => !one.converted && one.expected >= least)
    .map(
      (one): Trip => ({
        rule: 'zeroConversions',
        subject: subjectOf(one.campaign),
        campaigns: [one.campaign.id],
        what: `"${one.campaign.name}" has no conversion since yesterday; its clicks should have brought ${one.expected.toFixed(1)} by now.`,
        remedy: 'Try its landing page and its conversion tag; then look at what was changed in it.',
        waiting: waiting(view, 'at-risk', ratePerHour(view, [one.campaign.id])),
      }),
    )
}

function ruleOf({ policy, structure: { account } }: GuardView): string {
  const terms = policy.accounts.find((one) => accountKey(one.account) === accountKey(account))
  return terms ? ruleKey(terms.conversions) : ''
}

function seenOf(view: GuardView, id: CampaignId, rule: string): { expected: number; converted: boolean } {
  const mature = daysOf(view, id, addDays(view.today, -FROM_DAYS), addDays(view.today, -TO_DAYS))
  const brought = mature.reduce((sum, { conversions }) => sum + (conversions[rule] ?? 0), 0)
  const clicks = mature.reduce((sum, day) => sum + day.clicks, 0)
  const rate = brought >= LEAST_CONVERSIONS && clicks > 0 ? brought / clicks : 0
  const days = (view.claims ?? []).map(({ visible, campaigns }) => ({ visible, ...campaigns.get(id) }))
  return {
    expected: days.reduce((sum, { visible, clicks: clicked = 0 }) => sum + visible * clicked * rate, 0),
    converted: days.some(({ conversions = 0 }) => conversions > 0),
  }
}

const accountTrip = (view: GuardView, campaigns: readonly CampaignId[], expected: number): Trip => ({
  rule: 'zeroConversions',
  subject: { kind: 'account' },
  campaigns,
  what: `No campaign of the account has a conversion since yesterday; their clicks should have brought ${expected.toFixed(1)} by now.`,
  remedy: 'Try the conversion tag and the import of conversions: the counting has stopped, or the shop has.',
  waiting: waiting(view, 'at-risk', ratePerHour(view, campaigns)),
})
