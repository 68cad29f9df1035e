import { describe, expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { broken } from '../simulation/invariants.ts'
import { intercepted } from '../simulation/ports.ts'
import { A, type Rig, rig } from '../simulation/rig.ts'

const HOUR_MS = 3_600_000

/** A raise of 100 to 110 without an answer, an edit to 300 by somebody after midnight, and no pull since. */
async function unknownPastMidnight(): Promise<Rig> {
  const stage = await rig()
  await stage.ready()
  await stage.plan([[A, '10', 110]], { occasion: 'correction' })
  stage.ads.fate = () => 'lost-before'
  await stage.run('act')
  // From 06:00 to 00:10 of the next day.
  stage.wait(18 * HOUR_MS + 600_000)
  stage.ads.human(A, '10', 300_000_000n)
  return stage
}

describe('an outcome that counts more than the record did, on a day that is not open in the ledger', () => {
  test('waits for the pull that opens the day', async () => {
    const stage = await unknownPastMidnight()
    await stage.run('verify')
    expect((await stage.state(A, '10')).pending).toBeDefined()
    stage.wait(60_000)
    await stage.run('pull')
    stage.wait(60_000)
    await stage.run('verify')
    const { pending, dayHigh } = await stage.state(A, '10')
    expect(pending).toBeUndefined()
    expect(dayHigh).toMatchObject({ amount: { micros: 300_000_000n } })
    // 300, 200 and 300 at twice.
    expect(await stage.exposure(A)).toBe(1_600_000_000n)
  })

  test('is counted though it is settled while the day is being opened', async () => {
    const stage = await unknownPastMidnight()
    let verified = false
    const opening = intercepted(stage.worker('opener'), async (name, effect) => {
      const commits = name === 'money.commit' && !verified
      if (commits) {
        verified = true
        await stage.run('verify')
      }
      return effect()
    })
    await runTurn({ stage: 'pull', key: accountKey(A), turn: stage.now(), attempt: 0 }, opening)
    expect(verified).toBe(true)
    expect(await broken(stage)).toEqual([])
    stage.wait(60_000)
    await stage.run('verify')
    expect(await stage.exposure(A)).toBe(1_600_000_000n)
    expect(await broken(stage)).toEqual([])
  })
})
