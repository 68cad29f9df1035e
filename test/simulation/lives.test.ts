import { describe, expect, test } from 'vitest'
import { dueMessages } from '../../lib/control/dispatch.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import { deduplicationId, type StageMessage } from '../../lib/model/turn.ts'
import { HOUR_MS, MINUTE_MS } from '../../lib/units/calendar.ts'
import { broken } from './invariants.ts'
import { intercepted, runUntilDeath } from './ports.ts'
import { A, B, type Rig, rig } from './rig.ts'
import type { Fate } from './scripted-platform.ts'

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Tally {
  cycles: number
  deaths: number
  edits: number
  unanswered: number
  sent: number
}

/**
 * One life: two accounts under a storm of lost answers, refusals, deaths, people and freezes, and then a calm day in which
 * everything must come to rest.
 */
async function life(seed: number, tally: Tally): Promise<readonly string[]> {
  const roll = dice(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(roll() * items.length)]!
  // Caps close to what stands, so that they are met.
  const stage = await rig({ cap: 1250 + Math.floor(roll() * 400), portfolioCap: 1900 + Math.floor(roll() * 400) })
  await stage.ready()
  let stormy = true
  const fates: readonly Fate[] = ['applied', 'applied', 'applied', 'refused', 'lost-before', 'lost-after', 'late']
  stage.ads.fate = () => {
    const fate = stormy ? pick(fates) : 'applied'
    if (fate !== 'applied' && fate !== 'refused') tally.unanswered += 1
    return fate
  }
  stage.ads.trouble = () => (stormy && roll() < 0.02 ? { kind: 'transient', detail: 'stormy' } : undefined)

  const meddle = async (): Promise<void> => {
    const chance = roll()
    if (chance < 0.002) {
      const own = pick([...stage.ads.accounts.values()])
      const budget = pick([...own.budgets.values()])
      const factor = pick([0.5, 0.9, 1.05, 1.1, 10])
      stage.ads.human(own.account, budget.id, (budget.micros * BigInt(factor * 100)) / 100n)
      tally.edits += 1
    } else if (chance < 0.0025) {
      const scope = freezeScope(`account/${accountKey(pick([A, B]))}`)
      await stage.loop.freezes.freeze({ scope, reason: 'storm', by: 'anna', at: stage.now() })
    } else if (chance < 0.004)
      for (const { scope } of await stage.loop.freezes.all())
        await stage.loop.freezes.unfreeze(scope, 'anna', 'calm', stage.now())
    else if (chance < 0.03) stage.wait(Math.floor(roll() * 4000))
  }
  const stormed = (loop: Loop): Loop =>
    intercepted(loop, async (name, effect) => {
      // What lies between the last look and the push cannot be known: that is measured elsewhere.
      if (stormy && name !== 'writer.apply') await meddle()
      return effect()
    })

  let workers = 0
  async function deliver(message: StageMessage): Promise<void> {
    workers += 1
    tally.cycles += 1
    const loop = stormed(stage.worker(`worker-${workers}`))
    const death =
      stormy && roll() < 0.15
        ? ({ call: 1 + Math.floor(roll() * 40), moment: roll() < 0.5 ? 'before' : 'after' } as const)
        : undefined
    const { died } = await runUntilDeath(loop, (doomed) => runTurn(message, doomed), death)
    if (died) tally.deaths += 1
    // What is late arrives within seconds or not at all: longer than that nobody waits for it.
    stage.ads.land(roll() < 0.5)
  }

  const found: string[] = []
  for (let hour = 0; hour < 60; hour++) {
    stormy = hour < 34
    if (!stormy)
      for (const { scope } of await stage.loop.freezes.all())
        await stage.loop.freezes.unfreeze(scope, 'anna', 'calm', stage.now())
    const due = [...(await dueMessages(stage.now(), stage.loop))]
    const seen = new Set<string>()
    for (let next = due.shift(); next; next = due.shift() ?? stage.queued.shift()) {
      // The queue drops what it has been sent within minutes.
      if (seen.has(deduplicationId(next))) continue
      seen.add(deduplicationId(next))
      await deliver(next)
      // At least once: some come twice.
      if (stormy && roll() < 0.2) await deliver(next)
    }
    const wrong = (await broken(stage)).filter((one) => !one.includes('stood at'))
    if (wrong.length > 0) return wrong.map((one) => `seed ${seed}, hour ${hour}: ${one}`)
    stage.wait(HOUR_MS - (stage.now() % HOUR_MS) + Math.floor(roll() * MINUTE_MS))
  }
  tally.sent += stage.ads.sent.length
  found.push(...(await broken(stage)), ...(await restless(stage)))
  return found.map((one) => `seed ${seed}, at the end: ${one}`)
}

async function restless({ loop, ads }: Rig): Promise<readonly string[]> {
  const found: string[] = []
  for (const own of ads.accounts.values())
    for (const { lever, pending, known } of (await loop.money.allLevers(own.account)).values()) {
      if (pending) found.push(`${lever.id} is still pending`)
      const stands = ads.micros(own.account, lever.id)
      if (known.kind === 'money' && known.amount.micros !== stands)
        found.push(`${lever.id} is known at ${known.amount.micros} and stands at ${stands}`)
    }
  return found
}

describe('lives in a storm', () => {
  test('120 of them: the books are true after every hour, and a calm day settles everything', async () => {
    const tally: Tally = { cycles: 0, deaths: 0, edits: 0, unanswered: 0, sent: 0 }
    const found: string[] = []
    for (let seed = 1; seed <= 120; seed++) found.push(...(await life(seed, tally)))
    expect(found).toEqual([])
    // A storm that does nothing proves nothing.
    for (const count of Object.values(tally)) expect(count).toBeGreaterThan(100)
  })
})
