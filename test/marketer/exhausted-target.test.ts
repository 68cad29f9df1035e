import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DAY_MS, later } from '../../lib/units/calendar.ts'
import { asMarketer } from './marketer.ts'

const SCENARIO = fileURLToPath(new URL('exhausted-target.json', import.meta.url))
const POLICY = `
portfolio: exhausted
owner: growth
mode: auto
baseCurrency: EUR
zone: Europe/Berlin
goal: { kind: conversions }
flight: { from: 2026-07-06, to: 2026-07-17, total: 16800.00 EUR }
dayCap: 4000.00 EUR
accounts:
  - account: google-ads:4155550141
    conversions: { action: purchase, clickWindowDays: 30, basis: click }
    dayCap: 4000.00 EUR
members:
  - { class: prospecting }
targets: steer
`
/** 00:00, 01:00 and 02:00 in Berlin. */
const TICKS = [22, 23, 0]
const NAME = 'Search exhausted'

/** What became of the campaign's target in eight days: where it was moved to, in euros, and why it was held. */
async function storyOf(hasSimulations: boolean) {
  const moved: number[] = []
  const held: string[] = []
  await asMarketer({ scenario: SCENARIO, seed: 5, policy: POLICY, ticksAt: TICKS }, async (marketer) => {
    const { market } = marketer
    if (!hasSimulations) Object.assign(market, { targetSimulations: () => [] })
    await marketer.until(later(market.start, 8 * DAY_MS))
    for (const { changes, holds } of await marketer.plans()) {
      const isIts = ({ name, lever }: { name: string; lever: string }) => name === NAME && lever.includes('target-cpa')
      moved.push(...changes.filter(isIts).map(({ to }) => Number((to as unknown as { micros: string }).micros) / 1e6))
      held.push(...holds.filter(isIts).map(({ detail }) => detail))
    }
    expect(marketer.lost).toEqual([])
  })
  return { moved, held }
}

test('a target that the platform expects nothing more of is not raised, though elsewhere conversions cost more', async () => {
  const { moved, held } = await storyOf(true)
  expect(moved).toEqual([])
  expect(held).toContainEqual(
    "a looser target would bring too little for what it costs: by the platform's own simulation nothing more comes of the looser one between targets of 20.00 and 25.00",
  )
}, 60_000)

test('without the platform’s simulations it would be raised, a tenth at a time', async () => {
  const { moved } = await storyOf(false)
  expect(moved.slice(0, 2)).toEqual([22, 24.2])
}, 60_000)
