import { describe, expect, test } from 'vitest'
import { guardAccount } from '../../lib/control/guard.ts'
import { pullAccount } from '../../lib/control/pull.ts'
import { pushReserved } from '../../lib/control/push.ts'
import { checkMayImport, storeImport } from '../../lib/control/store-import.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { AccountStructure } from '../../lib/model/structure.ts'
import { later } from '../../lib/units/calendar.ts'
import { A, type Rig, type RigOptions, rig } from '../simulation/rig.ts'
import { entriesOf } from './other-levers.ts'

/** An account that was pulled once, and stands as if it had been read from files ever since. */
async function imported(options: RigOptions = {}): Promise<Rig> {
  const stage = await rig(options)
  await stage.ready()
  const { facts } = stage.loop
  await facts.putStructure({ ...(await facts.structure(A))!, source: 'import' })
  await facts.putPullStatus({ ...(await facts.pullStatus(A))!, source: 'import' })
  return stage
}
const structureOf = async ({ loop }: Rig): Promise<AccountStructure> => (await loop.facts.structure(A))!

describe('an account that was imported', () => {
  test('is never pushed to, by whatever plan: act passes each change over and the audit says why', async () => {
    const stage = await imported()
    await stage.plan([
      [A, '10', 80],
      [A, '11', 160],
    ])
    await stage.run('act')
    expect(stage.ads.sent).toEqual([])
    const passed = (await entriesOf(stage)).filter((one) => one.kind === 'settled')
    expect(passed).toMatchObject([
      { outcome: 'not sent', detail: expect.stringContaining('imported from files, which is read-only') },
      { outcome: 'not sent' },
    ])
  })

  test('is pushed to otherwise: the same plan sends both changes', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([
      [A, '10', 80],
      [A, '11', 160],
    ])
    await stage.run('act')
    expect(stage.ads.sent).toHaveLength(2)
  })

  test('is refused at the last step too, whoever asks for it', async () => {
    const stage = await imported()
    const intent = { plan: 'p' } as never
    await expect(pushReserved([intent], {} as never, await structureOf(stage), stage.loop)).rejects.toThrow(
      'was imported from files: nothing is pushed to it',
    )
  })

  test('is not read by turns that nobody asked for, and is again once a person names it', async () => {
    const stage = await imported()
    const before = stage.ads.sent.length
    await stage.run('pull')
    expect((await stage.loop.facts.pullStatus(A))?.source).toBe('import')
    expect(await guardAccount(A, stage.now(), stage.loop)).toMatchObject({ why: 'imported from files' })
    await pullAccount(A, { ...stage.loop, takesOver: new Set([accountKey(A)]) })
    expect((await stage.loop.facts.pullStatus(A))?.source).toBeUndefined()
    expect((await structureOf(stage)).source).toBeUndefined()
    expect(stage.ads.sent).toHaveLength(before)
  })
})

describe('files are not taken over', () => {
  test('for an account that is read from its platform', async () => {
    const stage = await rig()
    await stage.ready()
    const structure: AccountStructure = { ...(await structureOf(stage)), source: 'import' }
    await expect(storeImport({ structure, rows: [] }, stage.loop)).rejects.toThrow(
      `${accountKey(A)} is not imported: it is read from its platform already`,
    )
    expect((await structureOf(stage)).source).toBeUndefined()
  })

  test('while a policy lets plans of the account be pushed', async () => {
    const stage = await imported()
    // The rig's policy pushes by itself.
    await expect(checkMayImport({ account: A }, stage.loop)).rejects.toThrow('is in mode auto')
  })
})

test('what was stored by a younger import stands against an older one; days that it has not are added', async () => {
  const stage = await imported({ policy: { mode: 'shadow' } })
  const structure = await structureOf(stage)
  const older = { ...structure, name: 'older', readAt: later(structure.readAt, -1) }
  expect(await storeImport({ structure: older, rows: [] }, stage.loop)).toEqual({
    daysChanged: 0,
    settingsChanged: false,
  })
  expect((await structureOf(stage)).name).toBe(structure.name)
  const younger = { ...structure, name: 'younger', readAt: later(structure.readAt, 1) }
  expect(await storeImport({ structure: younger, rows: [] }, stage.loop)).toMatchObject({ settingsChanged: true })
  expect((await structureOf(stage)).name).toBe('younger')
})
