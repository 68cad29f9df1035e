import { describe, expect, test } from 'vitest'
import { resumePaused } from '../../lib/control/resume.ts'
import { accountKey, type CampaignId, portfolioId } from '../../lib/model/account.ts'
import type { Alert } from '../../lib/model/alert.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import { PlatformError, type WriteResult } from '../../lib/model/failure.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { SpendStop, StandingStop, StoppedCampaign } from '../../lib/model/spend-stop.ts'
import type { PlatformReader, PlatformWriter } from '../../lib/ports/platform.ts'
import { HOUR_MS, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, B, euros, PORTFOLIO, type Rig, type RigOptions, rig, statusOf } from '../simulation/rig.ts'

/** The rig's platform, with rules of its own that pause by spend. */
interface Ruled {
  readonly stage: Rig
  readonly rules: Map<string, StandingStop>
  readonly stopped: StoppedCampaign[]
  /** Every write, in order. */
  readonly written: string[]
  /** What becomes of the next write; it is done unless it says otherwise. */
  fate: 'applied' | 'refused' | 'lost-before' | 'lost-after'
  /** What reading the rules throws. */
  trouble: PlatformError | undefined
}

const accounts = (deadManSwitch: string, cap = 2000) => [
  {
    account: accountKey(A),
    conversions: { action: 'purchase', clickWindowDays: 7, basis: 'click' },
    dayCap: `${cap} EUR`,
    deadManSwitch,
  },
  {
    account: accountKey(B),
    conversions: { action: 'purchase', clickWindowDays: 7, basis: 'click' },
    dayCap: '2000 EUR',
  },
]

async function ruled(options: RigOptions = {}): Promise<Ruled> {
  const stage = await rig({ ...options, policy: { accounts: accounts('on'), ...options.policy } })
  const world: Ruled = { stage, rules: new Map(), stopped: [], written: [], fate: 'applied', trouble: undefined }
  const { platform } = stage.ads
  const capabilities = { ...platform.capabilities, spendStops: { bound: <T>(amount: T): T => amount } }
  Object.defineProperty(platform, 'capabilities', { value: capabilities })
  const answer = (write: string, apply: () => void): WriteResult => {
    world.written.push(write)
    if (world.fate === 'refused')
      return { kind: 'refused', failure: { kind: 'rejected', code: 'NO', detail: 'not this' } }
    if (world.fate !== 'lost-before') apply()
    return world.fate === 'applied' ? { kind: 'applied' } : { kind: 'unknown', detail: 'no answer' }
  }
  const reader: Pick<PlatformReader, 'spendStops'> = {
    spendStops: async () => {
      if (world.trouble) throw world.trouble
      return { standing: [...world.rules.values()], stopped: [...world.stopped] }
    },
  }
  const writer: Pick<PlatformWriter, 'keepStop' | 'removeStop'> = {
    keepStop: async (_, stop, id) =>
      answer(`keep ${stop.campaigns.join(' ')} above ${Number(stop.above.micros) / 1e6}`, () => stand(world, stop, id)),
    removeStop: async (_, id) => answer(`remove ${id}`, () => void world.rules.delete(id)),
  }
  Object.assign(platform.reader, reader)
  Object.assign(platform.writer, writer)
  return world
}

function stand({ rules }: Ruled, stop: SpendStop, id = `r${rules.size + 1}`): void {
  rules.set(id, { id, name: `rule ${id}`, portfolio: stop.portfolio, stop })
}

/** A pull, and what it asks for. */
async function turn({ stage }: Ruled, wait = HOUR_MS): Promise<void> {
  stage.wait(wait)
  stage.queued.length = 0
  const pulled = await stage.run('pull')
  expect(pulled.kind).toBe('ran')
  if (stage.queued.some(({ stage: asked, key }) => asked === 'act' && key === accountKey(A))) await stage.run('act')
}

const alerts = async ({ stage }: Ruled): Promise<readonly Alert[]> =>
  (await stage.loop.alerts.all(A)).filter(({ rule }) => rule === 'deadManSwitch')

async function entries<K extends AuditEntry['kind']>({ stage }: Ruled, kind: K) {
  const found: Extract<AuditEntry, { kind: K }>[] = []
  for await (const record of stage.loop.audit.records(accountKey(A)))
    for (const entry of record.entries) if (entry.kind === kind) found.push(entry as Extract<AuditEntry, { kind: K }>)
  return found
}

/** The platform's rule pauses a campaign, by itself. */
function pauses(world: Ruled, campaign: string): void {
  world.stage.ads.accounts.get(accountKey(A))!.campaigns.set(campaign, 'paused')
  const by = { name: 'rule r1', portfolio: PORTFOLIO }
  world.stopped.push({ campaign: campaign as CampaignId, at: world.stage.now(), by })
}

const WRITTEN = 'keep 10 11 12 above 2000'

describe('a rule that the policy asks for', () => {
  test('is asked for by a pull, written once by act, and in the audit before and after', async () => {
    const world = await ruled()
    await world.stage.ready()
    await turn(world)
    for (let i = 0; i < 3; i += 1) await turn(world)
    expect(world.written).toEqual([WRITTEN])
    const common = { portfolio: 'eu', step: 'keep', aboveMicros: '2000000000', campaigns: 3 } as const
    expect(await entries(world, 'spend-stop')).toMatchObject([
      { ...common, outcome: 'sending', why: 'the policy asks for it' },
      { ...common, outcome: 'applied' },
    ])
  })

  test.each(['observe', 'shadow'] as const)('is not written in %s, nor removed', async (mode) => {
    const world = await ruled({ mode })
    await world.stage.ready()
    await turn(world)
    stand(world, { portfolio: PORTFOLIO, campaigns: ['10' as CampaignId], above: euros(5) })
    await turn(world)
    await world.stage.setPolicy({ accounts: accounts('off'), mode })
    await turn(world)
    await world.stage.run('act')
    expect(world.written).toEqual([])
  })

  test('is not asked about where no policy wants one', async () => {
    const world = await ruled({ policy: { accounts: accounts('off') } })
    world.trouble = new PlatformError({ kind: 'transient', detail: 'nobody was to ask' })
    await world.stage.ready()
    await turn(world)
    expect(await world.stage.loop.facts.pullStatus(A)).not.toHaveProperty('stops')
  })

  test('is removed when the policy switches it off, and that of another portfolio is left alone', async () => {
    const world = await ruled()
    await world.stage.ready()
    await turn(world)
    stand(world, { portfolio: portfolioId('another'), campaigns: ['10' as CampaignId], above: euros(5) }, 'theirs')
    await world.stage.setPolicy({ accounts: accounts('off') })
    await turn(world)
    await turn(world)
    expect(world.written).toEqual([WRITTEN, 'remove r1'])
    expect([...world.rules.keys()]).toEqual(['theirs'])
  })

  test.each(['everything', 'account/scripted:1'])(
    'is not written under a freeze of %s; what stands goes on standing',
    async (text) => {
      const world = await ruled()
      await world.stage.ready()
      const scope = freezeScope(text.replace('scripted:1', accountKey(A)))
      await world.stage.loop.freezes.freeze({ scope, by: 'jo', reason: 'looking', at: world.stage.now() })
      await turn(world)
      expect(world.written).toEqual([])
      await world.stage.loop.freezes.unfreeze(scope, 'jo', 'looked', world.stage.now())
      await turn(world)
      expect(world.written).toEqual([WRITTEN])
    },
  )

  test('is lowered on the day on which no campaign can come so far', async () => {
    const world = await ruled()
    await world.stage.ready()
    await turn(world)
    // Campaign 12 may cost 2 × 300 today.
    await world.stage.setPolicy({ accounts: accounts('on', 500) })
    await turn(world)
    expect(world.written).toEqual([WRITTEN])
    world.stage.ads.human(A, '12', 200_000_000n)
    await turn(world)
    // The day goes by its highest budget.
    expect(world.written).toEqual([WRITTEN])
    await turn(world, 24 * HOUR_MS)
    expect(world.written).toEqual([WRITTEN, 'keep 10 11 12 above 500'])
  })

  test.each(['lost-before', 'lost-after'] as const)(
    'whose answer was %s stands once, whatever became of it',
    async (fate) => {
      const world = await ruled()
      await world.stage.ready()
      world.fate = fate
      await turn(world)
      world.fate = 'applied'
      for (let i = 0; i < 3; i += 1) await turn(world)
      expect([...world.rules.values()].map(({ stop }) => stop?.campaigns)).toEqual([['10', '11', '12']])
      expect(world.written).toHaveLength(fate === 'lost-before' ? 2 : 1)
    },
  )

  test('that stands twice, because a request came late, is removed once', async () => {
    const world = await ruled()
    await world.stage.ready()
    await turn(world)
    stand(world, world.rules.get('r1')!.stop!, 'late')
    for (let i = 0; i < 2; i += 1) await turn(world)
    expect(world.written).toEqual([WRITTEN, 'remove late'])
  })

  test('that the platform refuses keeps nothing else from being done, and is told when it is two hours late', async () => {
    const world = await ruled()
    await world.stage.ready()
    world.fate = 'refused'
    await turn(world)
    await world.stage.run('guard')
    expect(await alerts(world)).toEqual([])
    await turn(world)
    await turn(world)
    await world.stage.run('guard')
    expect(await alerts(world)).toMatchObject([
      {
        state: 'open',
        subject: { kind: 'account' },
        what: expect.stringContaining('is not what the policy wants since'),
      },
    ])
    world.fate = 'applied'
    await turn(world)
    await turn(world)
    for (let i = 0; i < 2; i += 1) {
      await world.stage.run('guard')
      world.stage.wait(31 * MINUTE_MS)
    }
    expect(await alerts(world)).toMatchObject([{ state: 'resolved' }])
  })

  test('that cannot be read with the credentials to read is written with those to write, and told', async () => {
    const world = await ruled()
    await world.stage.ready()
    world.trouble = new PlatformError({ kind: 'unauthorised', detail: '200: missing permission' })
    world.stage.wait(HOUR_MS)
    world.stage.queued.length = 0
    await world.stage.run('pull')
    expect(world.stage.queued).toMatchObject([{ stage: 'act', key: accountKey(A) }])
    await world.stage.run('guard')
    expect((await alerts(world))[0]?.what).toContain('is not known: unauthorised: 200: missing permission')
    world.trouble = undefined
    await world.stage.run('act')
    expect(world.written).toEqual([WRITTEN])
  })

  test('that somebody has changed is told once, and written again', async () => {
    const world = await ruled()
    await world.stage.ready()
    await turn(world)
    const { stop: _, ...rest } = world.rules.get('r1')!
    world.rules.set('r1', { ...rest, altered: 'it is switched off' })
    await turn(world)
    await world.stage.run('guard')
    await world.stage.run('guard')
    expect(await alerts(world)).toMatchObject([
      { state: 'open', what: expect.stringContaining('the rule "rule r1": it is switched off') },
    ])
    expect(world.written).toEqual([WRITTEN, WRITTEN])
    expect(world.rules.size).toBe(1)
  })
})

describe('a campaign that the rule has paused', () => {
  const paused = async (options: RigOptions = {}): Promise<Ruled> => {
    const world = await ruled(options)
    await world.stage.ready()
    await turn(world)
    pauses(world, '12')
    await turn(world)
    return world
  }
  const state = async ({ stage }: Ruled) => (await stage.loop.money.allLevers(A)).get(leverKey(statusOf(A, '12')))
  const running = ({ stage }: Ruled) => stage.ads.accounts.get(accountKey(A))!.campaigns.get('12')

  test('is told once, with the rule’s name, and is neither ours nor anybody’s edit', async () => {
    const world = await paused()
    const [alert, ...others] = await alerts(world)
    expect(others).toEqual([])
    expect(alert).toMatchObject({ state: 'open', subject: { kind: 'campaign', id: '12' }, acts: [{ step: 'pause' }] })
    expect(alert!.what).toContain('by the rule "rule r1"')
    expect(await state(world)).toMatchObject({ ours: false, known: { status: 'paused' }, pausedFor: alert!.id })
    expect(await world.stage.loop.facts.drifts(A, later(world.stage.now(), -2 * HOUR_MS))).toMatchObject([
      { actor: 'rule "rule r1"', resolution: 'hold', observed: { status: 'paused' } },
    ])
    expect((await entries(world, 'observed')).at(-2)).toMatchObject({ actor: 'rule "rule r1"', to: 'paused' })
    for (let i = 0; i < 3; i += 1) {
      await turn(world)
      await world.stage.run('guard')
    }
    expect(await alerts(world)).toMatchObject([{ id: alert!.id, toldAt: alert!.toldAt, state: 'open' }])
    expect(await world.stage.loop.facts.drifts(A, later(world.stage.now(), -24 * HOUR_MS))).toHaveLength(1)
    expect(running(world)).toBe('paused')
  })

  test('is started by a person who resumes it, and by nothing else', async () => {
    const world = await paused()
    const act = async (): Promise<void> => {
      for (let i = 0; i < 3; i += 1) {
        world.stage.wait(MINUTE_MS)
        await world.stage.run('act')
      }
    }
    await world.stage.run('plan')
    await act()
    expect(running(world)).toBe('paused')
    const [alert] = await alerts(world)
    await resumePaused(alert!, 'jo', world.stage.loop)
    await act()
    expect(running(world)).toBe('active')
    expect(await state(world)).not.toHaveProperty('pausedFor')
    await turn(world)
    expect(await state(world)).toMatchObject({ known: { status: 'active' } })
  })

  test('and that somebody has started before Sluice was back is told as drift only', async () => {
    const world = await ruled()
    await world.stage.ready()
    await turn(world)
    pauses(world, '12')
    world.stage.ads.accounts.get(accountKey(A))!.campaigns.set('12', 'active')
    await turn(world)
    expect(await alerts(world)).toEqual([])
    expect(await world.stage.loop.facts.drifts(A, later(world.stage.now(), -2 * HOUR_MS))).toMatchObject([
      { detail: expect.stringContaining('somebody has started it since') },
    ])
    expect(await state(world)).not.toHaveProperty('pausedFor')
  })

  test('is nobody’s edit of its budget: who typed that is told, though the pause came later', async () => {
    const world = await ruled()
    await world.stage.ready()
    await turn(world)
    world.stage.ads.human(A, '12', 3_000_000_000n, 'jo@shop.example')
    world.stage.wait(HOUR_MS)
    pauses(world, '12')
    world.stage.ads.accounts.get(accountKey(A))!.events.push({
      at: world.stage.now(),
      actor: 'Automated rule: rule r1',
      origin: 'human',
      entity: { kind: 'campaign', id: '12' },
      field: 'status',
    })
    await turn(world)
    const drifts = await world.stage.loop.facts.drifts(A, later(world.stage.now(), -2 * HOUR_MS))
    expect(drifts.map(({ lever, actor }) => [lever.kind, actor])).toEqual([
      ['status', 'rule "rule r1"'],
      ['daily-budget', 'jo@shop.example'],
    ])
  })

  test('while the pull was reading is seen by the next one', async () => {
    const world = await ruled()
    await world.stage.ready()
    await turn(world)
    world.stage.wait(HOUR_MS)
    pauses(world, '12')
    // The campaigns were read first, and it still ran then.
    world.stage.ads.accounts.get(accountKey(A))!.campaigns.set('12', 'active')
    await world.stage.run('pull')
    expect(await state(world)).toBeUndefined()
    world.stage.ads.accounts.get(accountKey(A))!.campaigns.set('12', 'paused')
    await turn(world)
    expect(await alerts(world)).toHaveLength(1)
    expect(await state(world)).toMatchObject({ known: { status: 'paused' } })
  })

  test('again, and that a person has started again, is nothing to resume any more', async () => {
    const world = await paused()
    world.stage.wait(HOUR_MS)
    pauses(world, '12')
    world.stage.ads.accounts.get(accountKey(A))!.campaigns.set('12', 'active')
    await turn(world)
    expect(await state(world)).toMatchObject({ known: { status: 'active' } })
    expect(await state(world)).not.toHaveProperty('pausedFor')
  })

  test('a second time is told again once the first is over', async () => {
    const world = await paused()
    const [first] = await alerts(world)
    await resumePaused(first!, 'jo', world.stage.loop)
    await world.stage.run('act')
    await turn(world)
    world.stage.wait(HOUR_MS)
    pauses(world, '12')
    await turn(world)
    expect(await state(world)).toMatchObject({ known: { status: 'paused' }, stopped: { at: world.stopped[1]!.at } })
    expect((await state(world))!.pausedFor).toBeDefined()
  })

  test('is told all the same by a pull that dies between telling and writing it down', async () => {
    const world = await ruled()
    await world.stage.ready()
    await turn(world)
    pauses(world, '12')
    const { commit } = world.stage.loop.money
    const money = { ...world.stage.loop.money }
    let dies = true
    Object.assign(world.stage.loop.money, {
      commit: async (one: Parameters<typeof commit>[0]) => {
        if (dies && one.entries.some(({ kind }) => kind === 'observed')) throw new Error('killed')
        return money.commit(one)
      },
    })
    world.stage.wait(HOUR_MS)
    await expect(world.stage.run('pull')).rejects.toThrow('killed')
    dies = false
    await turn(world)
    const [alert, ...others] = await alerts(world)
    expect(others).toEqual([])
    expect(alert!.acts).toHaveLength(1)
    expect(await state(world)).toMatchObject({ pausedFor: alert!.id })
  })

  test('is not told where the policy switches that off', async () => {
    const world = await paused({ policy: { breakers: { deadManSwitch: { action: 'off' } } } })
    expect(await alerts(world)).toEqual([])
    expect(running(world)).toBe('paused')
  })
})
