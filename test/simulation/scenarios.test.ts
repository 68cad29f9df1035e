import { describe, expect, test } from 'vitest'
import { checkInvariants } from '../../cli/demo/invariants.ts'
import { type Pretend, startPretend } from '../../cli/demo/pretend.ts'
import { accountKey, accountRef } from '../../lib/model/account.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import { DAY_MS, type Instant, later } from '../../lib/units/calendar.ts'
import { loadScenario, shippedScenarios } from '../../playground/market/read-scenario.ts'

/** Days of hourly turns. */
async function run(scenario: string, days: number, check: (pretend: Pretend) => Promise<void>): Promise<void> {
  const pretend = await startPretend({ scenario: loadScenario(scenario), seed: 7 })
  try {
    await pretend.runUntil(Math.min(later(pretend.market.start, days * DAY_MS), pretend.market.end) as Instant)
    await check(pretend)
  } finally {
    await pretend.close()
  }
}

async function notHeld(pretend: Pretend, headers: readonly PlanHeader[]): Promise<readonly string[]> {
  const invariants = await checkInvariants(pretend, headers)
  return invariants.filter(({ held }) => !held).map(({ name, detail }) => `${name}: ${detail}`)
}

async function heads({ loopFor, market, policy }: Pretend): Promise<readonly string[]> {
  const { audit } = loopFor('test')
  const chains = [
    ...market.accounts.map(({ platform, id }) => accountKey(accountRef(platform, id))),
    `portfolio/${policy.policy.portfolio}`,
  ]
  return Promise.all(chains.map(async (chain) => `${chain} ${(await audit.head(chain))?.hash}`))
}

describe('every shipped scenario, three days through the whole of it', () => {
  test.each(shippedScenarios())('%s: every invariant holds, and no turn is lost', async (scenario) => {
    await run(scenario, 3, async (pretend) => {
      const headers = await pretend.loopFor('test').plans.recent(pretend.policy.policy.portfolio, 50)
      // Without a plan every invariant holds, and says nothing.
      expect(headers.filter(({ occasion }) => occasion === 'daily').length).toBeGreaterThanOrEqual(2)
      expect(headers.reduce((total, { counts }) => total + counts.cuts + counts.raises, 0)).toBeGreaterThan(0)
      expect(await notHeld(pretend, headers)).toEqual([])
      const dead = pretend.runner.deadLetters.map(({ queue, body }) => `${queue} ${body}`)
      expect(dead).toEqual([])
    })
  })
})

test('the same run twice leaves the same audit, to the last hash', async () => {
  const seen: (readonly string[])[] = []
  for (let i = 0; i < 2; i++) await run('steady', 1, async (pretend) => void seen.push(await heads(pretend)))
  expect(seen[0]).toEqual(seen[1])
  expect(seen[0]).not.toContainEqual(expect.stringContaining('undefined'))
})
