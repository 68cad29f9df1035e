import { afterEach, expect, test } from 'vitest'
import { decisionLever } from '../../lib/model/plan.ts'
import { googleAdsCapabilities } from '../../lib/platforms/google-ads/capabilities.ts'
import { googleAdsPlatform } from '../../lib/platforms/google-ads/platform.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import type { Instant } from '../../lib/units/calendar.ts'
import { GOOGLE_TWIN_CREDENTIALS } from '../../playground/platforms/google-ads/tokens.ts'
import { type GoogleAdsTwin, startGoogleAdsTwin } from '../../playground/platforms/google-ads/twin.ts'
import { familyFrom } from '../bench/control/family.ts'
import { RULE } from '../bench/control/platform.ts'
import { PORTFOLIO } from '../bench/control/policy.ts'
import { startSluice } from '../bench/control/sluice.ts'
import { drawTruth } from '../bench/control/truth.ts'
import { openWorld, type World } from '../bench/control/world.ts'
import { wireWorld } from './wire-world.ts'

const SMALL = familyFrom(
  { name: 'small', what: 'Eight campaigns for a week.', campaigns: 8, warmUpDays: 16, controlDays: 7, dayTotal: 1600 },
  'the test market',
)

let twin: GoogleAdsTwin | undefined
afterEach(async () => {
  await twin?.close()
  twin = undefined
})

interface Decided {
  readonly lever: string
  readonly to: string
}

/** Every morning's decisions about budgets, in order. */
async function decisionsOver(world: World, through: Parameters<typeof startSluice>[1]): Promise<readonly Decided[]> {
  const sluice = await startSluice(world, through)
  const all: Decided[] = []
  while (world.day < world.truth.days) {
    const isControl = world.day >= SMALL.warmUpDays
    await sluice.morning(isControl)
    if (isControl) {
      const header = (await sluice.loop.plans.latest(PORTFOLIO))!
      for (const decision of await sluice.loop.plans.decisions(header)) {
        const value = decision.kind === 'change' ? decision.change.to : decision.value
        const { account, id } = decisionLever(decision)
        all.push({
          lever: `day ${world.day} ${account.platform} ${id}`,
          to: value?.kind === 'money' ? `${value.amount.micros}` : decision.kind,
        })
      }
    }
    world.run()
  }
  return all.toSorted((a, b) => (a.lever < b.lever ? -1 : 1))
}

/** What Google does differently from the market's other platforms is no matter of the wire. */
const asGoogle = (platform: AdPlatform, index: number): AdPlatform =>
  index === 0 ? { ...platform, capabilities: googleAdsCapabilities } : platform

test('in process Sluice decides what it decides over the wire of the pretend Google Ads, with the real adapter', async () => {
  const near = openWorld(drawTruth(SMALL, 1))
  const inProcess = await decisionsOver(near, asGoogle)

  const far = openWorld(drawTruth(SMALL, 1))
  let now = 0 as Instant
  const served = wireWorld(far, () => now)
  const opened = await startGoogleAdsTwin({
    world: served,
    conversionActions: [
      {
        id: '700000001',
        name: RULE.action,
        category: 'PURCHASE',
        primary: true,
        clickWindowDays: RULE.clickWindowDays,
        viewWindowDays: 1,
      },
    ],
  })
  twin = opened
  const overWire = await decisionsOver(far, (platform, index, clock) => {
    if (index !== 0) return platform
    const timed = { now: () => (now = clock.now()) }
    return googleAdsPlatform({
      secrets: { read: async () => JSON.stringify(GOOGLE_TWIN_CREDENTIALS) },
      secretName: 'google-ads',
      clock: timed,
      endpoints: { api: opened.baseUrl, token: opened.tokenUrl },
    })
  })

  expect(opened.requests['campaignBudgets:mutate'] ?? opened.requests['googleAds:mutate']).toBeGreaterThan(0)
  expect(overWire).toEqual(inProcess)
  expect(far.budgetOn).toEqual(near.budgetOn)
  expect(inProcess.length).toBe(8 * SMALL.controlDays)
})
