import { describe, expect, test } from 'vitest'
import { type KillTarget, killAccount } from '../../lib/control/kill.ts'
import { accountKey, accountRef } from '../../lib/model/account.ts'
import { type JournalledPause, journalLine, readJournal } from '../../lib/model/kill-journal.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { type Instant, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { runUntilDeath } from '../simulation/ports.ts'
import { A, B, type Rig, rig, statusOf } from '../simulation/rig.ts'

const AT = instant('2026-06-02T04:00:00.250Z')
const ORDER = { by: 'jo', reason: 'wrong "prices"' }
const ALL: KillTarget = { kind: 'account', account: A, chosen: () => true }

const pause = (id: string, at: Instant = AT): JournalledPause => ({ lever: statusOf(A, id), at, ...ORDER })

describe('the journal of kills', () => {
  test('has one line for one pause, in a fixed format', () => {
    expect(journalLine(pause('10'))).toBe(
      `sluice-kill/1 2026-06-02T04:00:00.250Z ${accountKey(A)} campaign/10 pause by "jo" because "wrong \\"prices\\""`,
    )
  })
  test('is read back from the middle of any log, and says which of its lines cannot be', () => {
    const cut = journalLine(pause('12')).slice(0, -5)
    const log = `INFO hello\n2026-06-02 [a] ${journalLine(pause('10'))} (req 7)\n${journalLine(pause('11'))}\n${cut}\n`
    expect(readJournal(log)).toEqual({ pauses: [pause('10'), pause('11')], unreadable: [4] })
  })
  test('has ids of every form that platforms have', () => {
    const account = accountRef('snapchat', '8adc3db7-8148-4fbf-999c-8d2266369d74')
    const snap = { ...pause('00c1e000-1111-4fbf-999c-8d2266369d74'), at: AT }
    const odd = { ...snap, lever: { ...snap.lever, account } }
    expect(readJournal(journalLine(odd))).toEqual({ pauses: [odd], unreadable: [] })
    const broken = journalLine(odd).replace('00c1e000', '00c1/000')
    expect(readJournal(broken)).toEqual({ pauses: [], unreadable: [1] })
  })
  test('keeps a reason with a line break on its line', () => {
    const odd = { ...pause('10'), reason: 'two\nlines', by: 'sluice-kill/1 "x"' }
    expect(journalLine(odd)).not.toContain('\n')
    expect(readJournal(journalLine(odd)).pauses).toEqual([odd])
  })
})

/** The rig's world with a journal, and none of its tables to a kill. */
async function stageWithJournal(): Promise<{
  stage: Rig
  journal: string[]
  kill: (target?: KillTarget) => ReturnType<typeof killAccount>
}> {
  const stage = await rig()
  const journal: string[] = []
  Object.assign(stage.loop, {
    journal: {
      pauses: async (account: typeof A) =>
        readJournal(journal.join('\n')).pauses.filter(({ lever }) => accountKey(lever.account) === accountKey(account)),
    },
  })
  const ports = {
    clock: stage.loop.clock,
    platforms: stage.loop.platforms,
    journal: async (lines: readonly string[]) => void journal.push(...lines),
  }
  return { stage, journal, kill: (target = ALL) => killAccount(target, ORDER, ports) }
}

const stateOf = async ({ loop }: Rig, id: string): Promise<LeverState | undefined> =>
  (await loop.money.allLevers(A)).get(leverKey(statusOf(A, id)))
const campaigns = ({ ads }: Rig) => Object.fromEntries(ads.accounts.get(accountKey(A))!.campaigns)
const pullLater = async (stage: Rig): Promise<void> => {
  stage.wait(MINUTE_MS)
  await stage.run('pull')
}

describe('a kill', () => {
  test('pauses every running campaign, those with the largest budgets first, and reads that they are paused', async () => {
    const { stage, journal, kill } = await stageWithJournal()
    expect(await kill()).toEqual({ account: A, paused: ['12', '11', '10'], running: [] })
    expect(campaigns(stage)).toEqual({ '10': 'paused', '11': 'paused', '12': 'paused' })
    expect(readJournal(journal.join('\n')).pauses.map(({ lever }) => lever.id)).toEqual(['12', '11', '10'])
  })

  test('has every pause in the journal before it is sent', async () => {
    const { stage, journal, kill } = await stageWithJournal()
    const atSend: number[] = []
    stage.ads.fate = () => {
      atSend.push(journal.length)
      return 'applied'
    }
    await kill()
    expect(atSend).toEqual([3, 3, 3])
  })

  test('sends a pause again whose answer was lost, until it reads as paused', async () => {
    const { stage, kill } = await stageWithJournal()
    stage.ads.fate = (_, nth) => (nth <= 3 ? 'lost-before' : 'applied')
    expect(await kill()).toMatchObject({ paused: ['12', '11', '10'], running: [] })
    expect(stage.ads.sent).toHaveLength(6)
  })

  test('names what runs on, and why, after three rounds', async () => {
    const { stage, kill } = await stageWithJournal()
    stage.ads.fate = ({ lever }) => (lever.id === '11' ? 'refused' : 'applied')
    expect(await kill()).toEqual({
      account: A,
      paused: ['12', '10'],
      running: [{ id: '11', why: 'rejected (NO): not this one' }],
    })
    expect(stage.ads.sent.filter(({ change }) => change.lever.id === '11')).toHaveLength(3)
  })

  test('goes on where the journal cannot be kept', async () => {
    const { stage } = await stageWithJournal()
    const result = await killAccount(ALL, ORDER, {
      clock: stage.loop.clock,
      platforms: stage.loop.platforms,
      journal: async () => {
        throw new Error('ENOSPC')
      },
    })
    expect(result.paused).toHaveLength(3)
  })

  test('of an account that cannot be read says so, and does not throw', async () => {
    const { stage, kill } = await stageWithJournal()
    stage.ads.trouble = () => ({ kind: 'unauthorised', detail: 'the token has expired' })
    expect(await kill()).toEqual({
      account: A,
      paused: [],
      running: [],
      failure: 'unauthorised: the token has expired',
    })
  })

  test('of named campaigns reads no structure, and leaves alone what is paused already', async () => {
    const { stage, kill } = await stageWithJournal()
    stage.ads.accounts.get(accountKey(A))!.campaigns.set('10', 'paused')
    stage.ads.trouble = (method) => (method === 'structure' ? { kind: 'transient', detail: 'slow' } : undefined)
    expect(await kill({ kind: 'campaigns', account: A, ids: ['10', '11'] })).toMatchObject({ paused: ['11'] })
    expect(campaigns(stage)).toEqual({ '10': 'paused', '11': 'paused', '12': 'active' })
  })
})

describe('the pull after a kill', () => {
  test('takes the pauses over as our own: no drift, no hold, and who did it in the audit', async () => {
    const { stage, kill } = await stageWithJournal()
    await stage.ready()
    await kill()
    await pullLater(stage)
    expect(await stage.loop.facts.drifts(A, 0 as Instant)).toEqual([])
    expect(await stateOf(stage, '11')).toMatchObject({
      ours: true,
      known: { kind: 'status', status: 'paused' },
      killed: { by: 'jo' },
    })
    expect((await stateOf(stage, '11'))?.hold).toBeUndefined()
    const entries = (await Array.fromAsync(stage.loop.audit.records(accountKey(A)))).flatMap((one) => one.entries)
    expect(entries).toContainEqual(
      expect.objectContaining({
        kind: 'observed',
        lever: leverKey(statusOf(A, '11')),
        to: 'paused',
        actor: 'jo',
        resolution: 'taken over: paused with kill at 2026-06-02T04:00:00Z, wrong "prices"',
      }),
    )
    expect(await broken(stage)).toEqual([])
  })

  test('and every stage after it starts nothing again', async () => {
    const { stage, kill } = await stageWithJournal()
    await stage.ready()
    await kill()
    await pullLater(stage)
    await stage.run('plan')
    for (let i = 0; i < 3; i += 1) {
      stage.wait(MINUTE_MS)
      await stage.run('act')
      await stage.run('verify')
    }
    expect(campaigns(stage)).toEqual({ '10': 'paused', '11': 'paused', '12': 'paused' })
    expect(stage.ads.sent.filter(({ change }) => change.to.kind !== 'status')).toEqual([])
  })

  test('takes over also what it had a record of, which would be drift otherwise', async () => {
    const { stage, kill } = await stageWithJournal()
    await stage.ready()
    await kill({ kind: 'campaigns', account: A, ids: ['11'] })
    await pullLater(stage)
    stage.ads.accounts.get(accountKey(A))!.campaigns.set('11', 'active')
    await pullLater(stage)
    expect(await stage.loop.facts.drifts(A, 0 as Instant)).toMatchObject([{ resolution: 'adopt' }])
    stage.wait(MINUTE_MS)
    await kill({ kind: 'campaigns', account: A, ids: ['11'] })
    await pullLater(stage)
    expect(await stage.loop.facts.drifts(A, 0 as Instant)).toHaveLength(1)
    expect(await stateOf(stage, '11')).toMatchObject({
      known: { status: 'paused' },
      killed: { at: stage.now() - MINUTE_MS },
    })
  })

  test('that had looked before the kill says nothing of it', async () => {
    const { stage, journal } = await stageWithJournal()
    await stage.ready()
    journal.push(journalLine(pause('11', (stage.now() + 2 * MINUTE_MS) as Instant)))
    await pullLater(stage)
    expect(await stateOf(stage, '11')).toBeUndefined()
  })

  test('takes a campaign that somebody has started since as started, and a later pause as somebody’s own', async () => {
    const { stage, kill } = await stageWithJournal()
    await stage.ready()
    await kill()
    const { campaigns: there } = stage.ads.accounts.get(accountKey(A))!
    there.set('11', 'active')
    await pullLater(stage)
    expect(await stateOf(stage, '11')).toMatchObject({ known: { status: 'active' }, ours: false, killed: { by: 'jo' } })
    there.set('11', 'paused')
    await pullLater(stage)
    expect(await stage.loop.facts.drifts(A, 0 as Instant)).toMatchObject([{ lever: { id: '11' }, resolution: 'adopt' }])
  })

  test('of another account is not concerned', async () => {
    const { stage, kill } = await stageWithJournal()
    await stage.ready()
    await kill()
    stage.wait(MINUTE_MS)
    await stage.run('pull', B)
    expect(await stateOf(stage, '11')).toBeUndefined()
  })

  test('may die at any call: the next one takes over, once', async () => {
    const killed = async () => {
      const made = await stageWithJournal()
      await made.stage.ready()
      await made.kill()
      made.stage.wait(MINUTE_MS)
      return made.stage
    }
    const work = (stage: Rig) => async (loop: Rig['loop']) => {
      const { runTurn } = await import('../../lib/control/turn.ts')
      await runTurn({ stage: 'pull', key: accountKey(A), turn: stage.now(), attempt: 0 }, loop)
    }
    const whole = await killed()
    const { calls } = await runUntilDeath(whole.worker('whole'), work(whole), undefined)
    for (const [i] of calls.entries())
      for (const moment of ['before', 'after'] as const) {
        const stage = await killed()
        await runUntilDeath(stage.worker('doomed'), work(stage), { call: i + 1, moment })
        stage.wait(5 * MINUTE_MS)
        await stage.run('pull')
        const entries = (await Array.fromAsync(stage.loop.audit.records(accountKey(A)))).flatMap((one) => one.entries)
        const taken = entries.filter(
          (one) => one.kind === 'observed' && one.resolution.startsWith('taken over: paused'),
        )
        expect([calls[i], moment, taken.length, await broken(stage)]).toEqual([calls[i], moment, 3, []])
        expect(await stage.loop.facts.drifts(A, 0 as Instant)).toEqual([])
      }
  })
})
