import { HOUR_MS, type Instant } from '../../../lib/units/calendar.ts'
import type { WorldAccount } from '../../world.ts'
import { accountThrottled, useCaseThrottled } from './errors.ts'

/** `development_access` is the limited tier of the documents, `standard_access` the full one. */
export type AccessTier = 'development_access' | 'standard_access'
export type UseCase = 'ads_insights' | 'ads_management'

/**
 * Meta's quotas: a score per app and ad account (a read is 1, a write is 3; points fall away after 300 seconds) and an hourly
 * count per business use case. Source: rate-limiting page of the Marketing API (read 2026-09-12).
 */
const SCORE = { read: 1, write: 3 } as const
const SCORE_DECAY_MS = 300_000
const TIERS = {
  development_access: { score: 60, blockMs: 300_000, management: 300, insights: 600 },
  standard_access: { score: 9_000, blockMs: 60_000, management: 100_000, insights: 190_000 },
} as const

/** Points over a sliding window, kept by the second so that a busy account costs no memory. */
class Window {
  private readonly spanMs: number
  private readonly buckets: { at: number; points: number }[] = []
  private total = 0
  constructor(spanMs: number) {
    this.spanMs = spanMs
  }

  add(now: Instant, points: number): void {
    const last = this.buckets.at(-1)
    if (last && now - last.at < 1_000) last.points += points
    else this.buckets.push({ at: now, points })
    this.total += points
  }

  sum(now: Instant): number {
    while (this.buckets[0] && now - this.buckets[0].at >= this.spanMs) this.total -= this.buckets.shift()?.points ?? 0
    return this.total
  }
}

interface Account {
  readonly score: Window
  readonly useCases: Record<UseCase, Window>
  readonly userErrors: Window
  blockedUntil: number
}

const fresh = (): Account => ({
  score: new Window(SCORE_DECAY_MS),
  useCases: { ads_insights: new Window(HOUR_MS), ads_management: new Window(HOUR_MS) },
  userErrors: new Window(HOUR_MS),
  blockedUntil: 0,
})

const percent = (part: number, whole: number): number => Math.min(100, Math.round((100 * part) / whole))

export class Limits {
  private readonly tier: AccessTier
  private readonly known = new Map<string, Account>()
  constructor(tier: AccessTier) {
    this.tier = tier
  }

  /** @throws GraphError when this call is one too many */
  charge(account: WorldAccount, useCase: UseCase, kind: 'read' | 'write', now: Instant): void {
    const state = this.of(account.id)
    const tier = TIERS[this.tier]
    if (now < state.blockedUntil) throw accountThrottled(Math.ceil((state.blockedUntil - now) / 60_000))
    const used = state.useCases[useCase]
    if (used.sum(now) >= this.useCaseQuota(account, state, useCase, now)) throw useCaseThrottled(useCase, 60)
    used.add(now, 1)
    // Reports have quotas of their own and leave the score alone.
    if (useCase === 'ads_insights') return
    if (state.score.sum(now) + SCORE[kind] > tier.score) {
      state.blockedUntil = now + tier.blockMs
      throw accountThrottled(Math.ceil(tier.blockMs / 60_000))
    }
    state.score.add(now, SCORE[kind])
  }

  /** The caller's own mistakes shrink the reporting quota. */
  noteUserError(accountId: string, now: Instant): void {
    this.of(accountId).userErrors.add(now, 1)
  }

  /** The usage headers of an answer about this account: JSON text, percentages, waits in minutes or seconds as named. */
  headers(account: WorldAccount, useCase: UseCase, now: Instant, regainMinutes = 0): Readonly<Record<string, string>> {
    const state = this.of(account.id)
    const quota = this.useCaseQuota(account, state, useCase, now)
    const used = regainMinutes > 0 ? 100 : percent(state.useCases[useCase].sum(now), quota)
    const score = regainMinutes > 0 ? 100 : (100 * state.score.sum(now)) / TIERS[this.tier].score
    const usage = { call_count: used, total_cputime: used, total_time: used }
    return {
      'x-business-use-case-usage': JSON.stringify({
        [account.id]: [
          { type: useCase, ...usage, estimated_time_to_regain_access: regainMinutes, ads_api_access_tier: this.tier },
        ],
      }),
      'x-ad-account-usage': JSON.stringify({
        acc_id_util_pct: Math.min(100, Math.round(score * 100) / 100),
        reset_time_duration: regainMinutes > 0 ? regainMinutes * 60 : SCORE_DECAY_MS / 1_000,
        ads_api_access_tier: this.tier,
      }),
      'x-app-usage': JSON.stringify({ ...usage, call_count: 0 }),
      ...(useCase === 'ads_insights' && {
        'x-fb-ads-insights-throttle': JSON.stringify({
          app_id_util_pct: 0,
          acc_id_util_pct: used,
          ads_api_access_tier: this.tier,
        }),
      }),
    }
  }

  private of(accountId: string): Account {
    const known = this.known.get(accountId) ?? fresh()
    this.known.set(accountId, known)
    return known
  }

  private useCaseQuota(account: WorldAccount, state: Account, useCase: UseCase, now: Instant): number {
    const active = account.campaigns.size
    const tier = TIERS[this.tier]
    if (useCase === 'ads_management') return tier.management + 40 * active
    return Math.max(1, tier.insights + 400 * active - 0.001 * state.userErrors.sum(now))
  }
}
