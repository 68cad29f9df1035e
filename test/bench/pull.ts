/**
 * A first pull of five accounts, one on each platform, through the adapters and against the twins: how many requests it takes,
 * and how much of each documented limit that is. The limits are those that the adapters' limiter keeps to.
 */
import { memoryArchive } from '../../cli/demo/memory-archive.ts'
import { startTwins } from '../../cli/demo/twins.ts'
import { googleAds } from '../../functions/composition/google-ads.ts'
import type { Limiters } from '../../functions/composition/limiters.ts'
import { platformRegistry } from '../../functions/composition/registry.ts'
import { SHARED_ADAPTERS } from '../../functions/composition/shared-adapters.ts'
import { DEFAULT_TIMING, type Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey, accountRef } from '../../lib/model/account.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import { limitsOf, type RequestLimit } from '../../lib/model/request-limits.ts'
import type { LimitedRequest } from '../../lib/ports/limiter.ts'
import { dates } from '../../lib/units/calendar.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { ceilingOf } from '../../lib/wire/limit-book.ts'
import type { FactQuery, WorldFact, WorldPlatform } from '../../playground/world.ts'
import { ContractWorld, type WorldSpec } from '../contract/platforms/world.ts'
import { memoryStores } from '../simulation/memory-stores.ts'
import { number, table } from './table.ts'

/** 10,000 campaigns over five accounts. */
const CAMPAIGNS = 2_000

interface Subject {
  readonly platform: WorldPlatform
  readonly accountId: string
  readonly zone: string
  readonly kind: WorldSpec['kind']
  readonly rule: { readonly clickWindowDays: number; readonly viewWindowDays: number; readonly basis: string }
}

const SUBJECTS: readonly Subject[] = [
  {
    platform: 'google-ads',
    accountId: '4155550101',
    zone: 'Europe/Berlin',
    kind: 'search',
    rule: { clickWindowDays: 30, viewWindowDays: 0, basis: 'click' },
  },
  {
    platform: 'meta',
    accountId: '112233445566778',
    zone: 'Europe/Berlin',
    kind: 'social',
    rule: { clickWindowDays: 7, viewWindowDays: 0, basis: 'mixed' },
  },
  {
    platform: 'tiktok',
    accountId: '7012345678901234567',
    zone: 'Europe/Berlin',
    kind: 'social',
    rule: { clickWindowDays: 7, viewWindowDays: 0, basis: 'impression' },
  },
  {
    platform: 'snapchat',
    accountId: '8adc3db7-8148-4fbf-999c-8d2266369d77',
    zone: 'Europe/Berlin',
    kind: 'social',
    rule: { clickWindowDays: 28, viewWindowDays: 0, basis: 'conversion' },
  },
  {
    platform: 'pinterest',
    accountId: '549755885175',
    zone: 'UTC',
    kind: 'social',
    rule: { clickWindowDays: 30, viewWindowDays: 0, basis: 'click' },
  },
]

export interface LimitUse {
  readonly name: string
  readonly per: RequestLimit['per']
  readonly windowMs: number
  readonly most: number
  /** What of it reads may take; the rest is kept for writes, cuts and pauses. */
  readonly forReads: number
  /** What the whole pull counted. */
  readonly used: number
  /** Least time that the limit makes the pull last, where one window does not hold it. */
  readonly leastSeconds: number
}

export interface PullFigures {
  readonly platform: WorldPlatform
  readonly campaigns: number
  /** HTTP requests, those for tokens included where the twin counts them. */
  readonly requests: number
  readonly limits: readonly LimitUse[]
  readonly seconds: number
}

const DIGITS = { campaign: '1', 'ad-group': '2', budget: '3' } as const
const UUID = { campaign: 'c0a1', 'ad-group': 'ad51', budget: 'b0d6' } as const
const idsOf =
  (platform: WorldPlatform): WorldSpec['idOf'] =>
  (n, of) =>
    platform === 'snapchat'
      ? `8adc3db7-${UUID[of]}-4fbf-999c-${String(n).padStart(12, '0')}`
      : `${DIGITS[of]}${String(n).padStart(9, '0')}`

const DAY = { spendMicros: 36_000_000n, impressions: 2_400, clicks: 120 } as const
const CLAIMS = [{ action: 'purchase', touch: 'click', lagDays: 0, count: 3, valueMicros: 150_000_000n }] as const

/** The contract's world, whose facts are made once and fast: what is measured is requests, and pages ask for the same again. */
class WideWorld extends ContractWorld {
  readonly #made = new Map<string, readonly WorldFact[]>()

  override facts(query: FactQuery): readonly WorldFact[] {
    const key = Object.values(query).join(' ')
    const made = this.#made.get(key) ?? (query.grain === 'day' ? this.#days(query) : super.facts(query))
    this.#made.set(key, made)
    return made
  }

  #days({ level, from, to }: FactQuery): readonly WorldFact[] {
    const { campaigns, idOf } = this.spec
    const all = dates(from, to)
    if (level === 'account') {
      const n = campaigns.length
      const sum = { spendMicros: DAY.spendMicros * BigInt(n), impressions: DAY.impressions * n, clicks: DAY.clicks * n }
      return all.map((date) => ({ id: this.own.id, campaignId: this.own.id, date, ...sum, claims: CLAIMS }))
    }
    return campaigns.flatMap(({ n }) => {
      const campaignId = idOf(n, 'campaign')
      const id = idOf(n, level === 'campaign' ? 'campaign' : 'ad-group')
      return all.map((date) => ({ id, campaignId, date, ...DAY, claims: CLAIMS }))
    })
  }
}

async function measure(subject: Subject, campaigns: number): Promise<PullFigures> {
  const { platform, accountId, zone, kind, rule } = subject
  const world = new WideWorld({
    platform,
    accountId,
    currency: 'EUR',
    zone,
    kind,
    budgetsOn: 'campaign',
    idOf: idsOf(platform),
    campaigns: Array.from({ length: campaigns }, (_, i) => ({ n: i + 1, budgetMicros: 50_000_000n })),
  })
  let requests = 0
  const twins = await startTwins(world, () => {
    requests += 1
    return undefined
  })
  const sent: LimitedRequest[] = []
  let limits: readonly RequestLimit[] = []
  const limiters: Limiters = (connection, tiered) => {
    limits = limitsOf(tiered, connection.accessLevel).limits
    return { admit: async (request) => void sent.push(request), heard: async () => {} }
  }
  const connects = Object.entries({ 'google-ads': googleAds, ...SHARED_ADAPTERS })
  const makers = connects.map(([name, connect]) => [name, connect(twins.secrets, world, limiters)] as const)
  const account = accountRef(platform, accountId)
  const stores = memoryStores()
  const loop: Loop = {
    ...stores,
    clock: world,
    platforms: platformRegistry(twins.connections, Object.fromEntries(makers)),
    archive: memoryArchive(),
    rates: { rate: async (from, _to, on) => identityRate(from, on) },
    queue: { send: async () => {} },
    timing: DEFAULT_TIMING,
    worker: 'bench',
  }
  const policy = policyFrom(
    {
      portfolio: 'bench',
      owner: 'bench',
      mode: 'shadow',
      baseCurrency: 'EUR',
      zone: 'Europe/Berlin',
      goal: { kind: 'conversions' },
      flight: { from: '2026-11-01', to: '2026-11-30', total: '3000000 EUR' },
      accounts: [{ account: accountKey(account), conversions: { action: 'purchase', ...rule } }],
      members: [{ name: '', class: 'prospecting' }],
    },
    'the policy of the benchmark',
  )
  await stores.policies.put(policy, 'bench', world.now())
  const startedAt = performance.now()
  const result = await runTurn({ stage: 'pull', key: accountKey(account), turn: world.now(), attempt: 0 }, loop)
  const seconds = (performance.now() - startedAt) / 1_000
  await twins.close()
  if (result.kind !== 'ran') throw new Error(`the pull of ${platform} was ${result.kind}`)
  return {
    platform,
    campaigns: Number(result.summary.campaigns),
    requests,
    limits: limits.map((limit) => useOf(limit, sent)),
    seconds,
  }
}

function useOf(limit: RequestLimit, sent: readonly LimitedRequest[]): LimitUse {
  const { name, per, windowMs, most, cost, kind } = limit
  const counted = sent.filter((request) => kind === undefined || request.kind === kind)
  const used = counted.reduce((sum, { use, cost: units = 1 }) => sum + cost[use] * units, 0)
  const forReads = ceilingOf(limit, 'read')
  const leastSeconds = used <= forReads ? 0 : ((used - forReads) / forReads) * (windowMs / 1_000)
  return { name, per, windowMs, most, forReads, used, leastSeconds }
}

export async function measurePulls(campaigns = CAMPAIGNS): Promise<readonly PullFigures[]> {
  const kept = globalThis.fetch
  // Twins and adapters share one process: while it works on a report no server keeps a connection alive.
  globalThis.fetch = (url, init) => {
    const headers = new Headers(init?.headers)
    headers.set('connection', 'close')
    return kept(url, { ...init, headers })
  }
  try {
    const found: PullFigures[] = []
    for (const subject of SUBJECTS) found.push(await measure(subject, campaigns))
    return found
  } finally {
    globalThis.fetch = kept
  }
}

const windowText = (ms: number): string =>
  ms >= 86_400_000 ? `${ms / 86_400_000} d` : ms >= 60_000 ? `${ms / 60_000} min` : `${ms / 1_000} s`

/** How much of one window it is, or, where that is not the question, how long the pull takes to stay within the limit. */
export const shareText = ({ used, most, forReads, leastSeconds }: LimitUse): string =>
  used > forReads ? `spread over at least ${leastSeconds.toFixed(1)} s` : `${((100 * used) / most).toFixed(2)} %`

export function printPulls(figures: readonly PullFigures[]): void {
  const rows = figures.flatMap(({ platform, campaigns, requests, limits }) =>
    (limits.length > 0 ? limits : [undefined]).map((limit, i) => [
      i === 0 ? platform : '',
      i === 0 ? number(campaigns) : '',
      i === 0 ? number(requests) : '',
      limit ? limit.name : 'none documented',
      limit ? `${number(limit.most)} in ${windowText(limit.windowMs)}` : '',
      limit ? number(limit.forReads) : '',
      limit ? number(limit.used) : '',
      limit ? shareText(limit) : '',
    ]),
  )
  const heads = ['platform', 'campaigns', 'requests', 'limit', 'most', 'for reads', 'used', 'of one window']
  console.log(table(heads, rows))
}
