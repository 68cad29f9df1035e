import { describe, expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import { type IntentRecord, intentId } from '../../lib/model/intent.ts'
import { type Lever, type LeverChange, type LeverValue, leverKey } from '../../lib/model/lever.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import { HOUR_MS } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { A, type Rig, rig, statusOf, targetOf } from '../simulation/rig.ts'
import {
  ACTIVE,
  astray,
  cpa,
  entriesOf,
  MEMBERS,
  PAUSED,
  pauseOf,
  stateAt,
  targetTo,
  withTarget,
} from './other-levers.ts'

const intentFor = ({ loop }: Rig, { id }: PlanHeader, { lever }: LeverChange): Promise<IntentRecord | undefined> =>
  loop.money.intent(A, intentId(id, leverKey(lever)))

/** One act turn per chunk: a cut and a raise. */
async function act(stage: Rig): Promise<void> {
  const turn = { stage: 'act', key: accountKey(A), turn: stage.now() } as const
  for (const attempt of [0, 1, 2]) await runTurn({ ...turn, attempt }, stage.worker(`worker ${attempt}`))
}

describe('a pause and a target', () => {
  test('are reserved, pushed, read back and settled like budgets, and cost no exposure', async () => {
    const stage = await withTarget()
    const before = await stage.exposure(A)
    const changes = [pauseOf('12'), targetTo('11', 20, 22)]
    const header = await stage.plan([], { settings: changes })
    expect(header.accounts[0]?.chunks.map(({ phase }) => phase)).toEqual(['cut', 'raise'])
    await act(stage)
    expect(stage.ads.settings.map(({ lever, to }) => [lever, to])).toEqual([
      [leverKey(statusOf(A, '12')), PAUSED],
      [leverKey(targetOf(A, '11')), cpa(22)],
    ])
    expect(await stateAt(stage, targetOf(A, '11'))).toMatchObject({ known: cpa(22), ours: true, day: '2026-06-02' })
    for (const change of changes)
      expect((await intentFor(stage, header, change))?.outcome).toMatchObject({
        kind: 'applied',
        readback: { kind: 'verified' },
      })
    expect(await stage.exposure(A)).toBe(before)
    const audited = (await entriesOf(stage)).filter(({ kind }) => kind === 'reserved' || kind === 'settled')
    expect(audited.map((entry) => [entry.kind, 'deltaMicros' in entry && entry.deltaMicros])).toEqual([
      ['reserved', '0'],
      ['settled', '0'],
      ['reserved', '0'],
      ['settled', '0'],
    ])
    expect(await broken(stage)).toEqual([])
    expect(await astray(stage)).toEqual([])
  })

  test('raises wait for a pause of the same plan to be verified', async () => {
    const stage = await withTarget()
    stage.ads.fate = ({ to }) => (to.kind === 'status' ? 'lost-before' : 'applied')
    await stage.plan([[A, '10', 110]], { settings: [pauseOf('12')] })
    await act(stage)
    expect(stage.ads.sent.map(({ change }) => change.lever.kind)).toEqual(['status'])
    stage.ads.fate = () => 'applied'
    stage.wait(5 * 60_000)
    await stage.run('verify')
    stage.wait(60_000)
    await act(stage)
    expect(stage.ads.sent.map(({ change }) => change.lever.kind)).toEqual(['status', 'daily-budget'])
    expect(await broken(stage)).toEqual([])
  })

  test.each<[why: string, change: LeverChange, said: string]>([
    ['a start: that is a person’s', { lever: statusOf(A, '10'), from: PAUSED, to: ACTIVE }, 'started by a person only'],
    ['a pause of what is in the portfolio', pauseOf('10'), 'its time is not over'],
    ['a target five times what it was and more', targetTo('11', 20, 101), 'taken for an error'],
    ['a target a fifth of what it was and less', targetTo('11', 20, 3), 'taken for an error'],
    ['a target of nothing', targetTo('11', 20, 0), 'cannot go from a money to a money'],
    ['a target that stands elsewhere', targetTo('11', 21, 22), 'it stands at 20 EUR, not at 21 EUR'],
  ])('are not %s', async (_why, change, said) => {
    const stage = await withTarget()
    if (change.from === PAUSED) stage.ads.accounts.get(accountKey(A))!.campaigns.set('10', 'paused')
    await stage.plan([], { settings: [change] })
    await act(stage)
    expect(stage.ads.sent).toEqual([])
    const [entry] = (await entriesOf(stage)).filter(({ kind }) => kind === 'settled')
    expect(entry).toMatchObject({ detail: expect.stringContaining(said) })
    expect(await broken(stage)).toEqual([])
  })

  test('a looser target needs caps, a tighter one and a pause do not', async () => {
    const stage = await withTarget()
    const header = await stage.plan([], { settings: [pauseOf('12'), targetTo('11', 20, 18)] })
    // The pause in a chunk of its own: it needs no open day.
    expect(header.accounts[0]?.chunks.map(({ phase, changes }) => [phase, changes])).toEqual([
      ['cut', 1],
      ['cut', 1],
    ])
    const bare = await withTarget({ cap: undefined })
    await bare.plan([], { settings: [pauseOf('12'), targetTo('11', 20, 22)] })
    await act(bare)
    expect(bare.ads.sent.map(({ change }) => change.lever.kind)).toEqual(['status'])
  })

  test('that a freeze of their campaign came before are passed over', async () => {
    const stage = await withTarget()
    await stage.plan([], { settings: [targetTo('11', 20, 22)] })
    const scope = freezeScope(`campaign/${accountKey(A)}/11`)
    await stage.loop.freezes.freeze({ scope, reason: 'relaunch', by: 'anna', at: stage.now() })
    await act(stage)
    expect(stage.ads.sent).toEqual([])
  })

  test('in shadow are recorded and not sent', async () => {
    const stage = await withTarget({ mode: 'shadow' })
    const header = await stage.plan([], { settings: [pauseOf('12')] })
    await act(stage)
    expect(stage.ads.sent).toEqual([])
    expect((await intentFor(stage, header, pauseOf('12')))?.outcome).toEqual({ kind: 'shadowed' })
    expect(await stateAt(stage, statusOf(A, '12'))).toBeUndefined()
  })

  test('whose answer is lost block the lever until a reading settles them', async () => {
    const stage = await withTarget()
    stage.ads.fate = () => 'lost-after'
    const header = await stage.plan([], { settings: [targetTo('11', 20, 22)] })
    await act(stage)
    expect((await stateAt(stage, targetOf(A, '11')))?.pending).toMatchObject({ to: cpa(22) })
    stage.wait(60_000)
    await stage.run('verify')
    expect((await intentFor(stage, header, targetTo('11', 20, 22)))?.outcome?.kind).toBe('applied')
    expect(await astray(stage)).toEqual([])
  })
})

describe('a multiplier', () => {
  const onMobile: Lever = { account: A, kind: 'bid-multiplier', entity: 'campaign', id: '11', device: 'mobile' }
  const onDesktop: Lever = { ...onMobile, device: 'desktop' }
  const ratio = (value: number): LeverValue => ({ kind: 'ratio', value })
  const withPlainBids = async (policy: object = { bidMultipliers: 'steer' }): Promise<Rig> => {
    const stage = await rig({ policy: { members: MEMBERS, ...policy } })
    stage.ads.accounts.get(accountKey(A))!.multipliers.set('11', { desktop: 1.2 })
    await stage.ready()
    return stage
  }

  test('has a record by device where the policy steers it and bids are set by hand', async () => {
    const stage = await withPlainBids()
    const known = await stage.loop.money.allLevers(A)
    expect(
      [...known.values()].flatMap(({ lever, known: value }) => (lever.device ? [[lever.id, lever.device, value]] : [])),
    ).toEqual(
      expect.arrayContaining([
        ['11', 'desktop', ratio(1.2)],
        ['11', 'mobile', ratio(1)],
        ['11', 'tablet', ratio(1)],
      ]),
    )
    expect([...known.values()].filter(({ lever }) => lever.device)).toHaveLength(3)
    const left = await withPlainBids({})
    expect([...(await left.loop.money.allLevers(A)).values()].filter(({ lever }) => lever.device)).toEqual([])
  })

  test('is reserved, pushed, read back and settled, lower ones first', async () => {
    const stage = await withPlainBids()
    const before = await stage.exposure(A)
    const changes = [
      { lever: onDesktop, from: ratio(1.2), to: ratio(1.5) },
      { lever: onMobile, from: ratio(1), to: ratio(0.8) },
    ]
    const header = await stage.plan([], { settings: changes })
    await act(stage)
    expect(stage.ads.settings.map(({ lever, to }) => [lever, to])).toEqual([
      [leverKey(onMobile), ratio(0.8)],
      [leverKey(onDesktop), ratio(1.5)],
    ])
    for (const change of changes)
      expect((await intentFor(stage, header, change))?.outcome).toMatchObject({
        kind: 'applied',
        readback: { kind: 'verified' },
      })
    expect(await stateAt(stage, onMobile)).toMatchObject({ known: ratio(0.8), ours: true, day: '2026-06-02' })
    expect(await stage.exposure(A)).toBe(before)
    expect(await broken(stage)).toEqual([])
    expect(await astray(stage)).toEqual([])
  })

  test('that a person set is adopted and left alone', async () => {
    const stage = await withPlainBids()
    stage.ads.humanSets(onMobile, ratio(0.5))
    stage.wait(HOUR_MS)
    await stage.run('pull')
    expect(await stateAt(stage, onMobile)).toMatchObject({
      known: ratio(0.5),
      hold: { reason: 'somebody set this by hand' },
    })
    expect(await broken(stage)).toEqual([])
  })
})

describe('what is known of levers that are no budgets', () => {
  const records = async (stage: Rig): Promise<readonly string[]> =>
    [...(await stage.loop.money.allLevers(A)).values()].flatMap(({ lever }) =>
      lever.entity === 'budget' ? [] : [leverKey(lever)],
    )

  test('is nothing where nothing steers or moves them', async () => {
    expect(await records(await withTarget())).toEqual([])
  })

  test('is every target of the portfolio that the policy steers', async () => {
    const stage = await withTarget({ policy: { targets: 'steer' } })
    expect(await records(stage)).toEqual([leverKey(targetOf(A, '11'))])
    expect(await stateAt(stage, targetOf(A, '11'))).toMatchObject({ known: cpa(20), ours: false })
    expect(await broken(stage)).toEqual([])
  })

  test('a person’s edit is adopted and left alone for as long as the policy says', async () => {
    const stage = await withTarget({ policy: { targets: 'steer' } })
    stage.ads.humanSets(targetOf(A, '11'), cpa(35))
    stage.wait(HOUR_MS)
    await stage.run('pull')
    const state = await stateAt(stage, targetOf(A, '11'))
    expect(state).toMatchObject({ known: cpa(35), hold: { reason: 'somebody set this by hand' } })
    expect(state?.cutBackTo).toBeUndefined()
    const [drift] = await stage.loop.facts.drifts(A, stage.now())
    expect(drift).toMatchObject({ lever: targetOf(A, '11'), actor: 'anna', resolution: 'adopt' })
    expect(await broken(stage)).toEqual([])
  })

  test('a target that is gone is noted once, and again when it is back', async () => {
    const stage = await withTarget({ policy: { targets: 'steer' } })
    const { targets } = stage.ads.accounts.get(accountKey(A))!
    targets.delete('11')
    const versions: (number | undefined)[] = []
    for (const set of [false, false, true]) {
      if (set) targets.set('11', { cpa: 20_000_000n })
      stage.wait(HOUR_MS)
      await stage.run('pull')
      versions.push((await stateAt(stage, targetOf(A, '11')))?.version)
    }
    expect(versions).toEqual([2, 2, 3])
    expect(await broken(stage)).toEqual([])
  })

  test('a status and a budget of the same id are two levers', async () => {
    const stage = await withTarget()
    await stage.plan([], { settings: [pauseOf('12')] })
    await act(stage)
    stage.wait(HOUR_MS)
    await stage.run('pull')
    expect((await stage.state(A, '12')).known).toMatchObject({ kind: 'money' })
    expect((await stateAt(stage, statusOf(A, '12')))?.known).toEqual(PAUSED)
    expect(await broken(stage)).toEqual([])
  })
})
