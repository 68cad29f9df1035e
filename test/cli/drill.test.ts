import { expect, test } from 'vitest'
import { writtenBy } from '../../cli/drill/wire.ts'
import { main } from '../../cli/main.ts'
import { systemClock } from '../../functions/composition/clock.ts'

test('what a request to a platform changes is counted by what it carries', () => {
  const mutate = {
    mutateOperations: [{ campaignBudgetOperation: {} }, { campaignOperation: {} }, { campaignOperation: {} }],
  }
  expect(writtenBy('/v25/customers/1/googleAds:mutate', JSON.stringify(mutate))).toEqual({ budgets: 1, pauses: 2 })
  expect(writtenBy('/v25/20', 'daily_budget=2000&access_token=x')).toEqual({ budgets: 1, pauses: 0 })
  expect(writtenBy('/v25/30', 'status=PAUSED')).toEqual({ budgets: 0, pauses: 1 })
  expect(writtenBy('/v25/30?fields=status', '')).toEqual({ budgets: 0, pauses: 0 })
})

test('kill --drill stops a turn in its midst with the tables down, pauses everything, and prints the seconds', async () => {
  const out: string[] = []
  const write = (text: string): unknown => out.push(text)
  const code = await main(
    ['kill', '--drill', '--changes', '20', '--after', '4', '--latency', '500', '--tables-down', '--json', '--quiet'],
    {
      cwd: import.meta.dirname,
      env: {},
      stdin: process.stdin,
      stdout: { isTTY: false, write },
      stderr: { isTTY: false, write: () => true },
      clock: systemClock,
    },
  )
  const { drill } = JSON.parse(out.join(''))
  expect(drill).toMatchObject({ changes: 20, stillRunning: 0, buttonCode: 0, pauses: 20 })
  expect(drill.pushedBefore).toBeGreaterThanOrEqual(4)
  expect(drill.pushedBefore + drill.pushedAfter).toBeLessThan(20)
  expect(drill.lastPushSeconds).toEqual(expect.any(Number))
  expect(code).toBe(0)
}, 240_000)
