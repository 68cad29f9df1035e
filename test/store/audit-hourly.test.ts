import { describe, expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import { portfolioId } from '../../lib/model/account.ts'
import { type Alert, alertId } from '../../lib/model/alert.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import { auditArchive } from '../../lib/store/audit-archive.ts'
import { nextRecord } from '../../lib/store/audit-chain.ts'
import { readAuditFile } from '../../lib/store/audit-text.ts'
import { headAttributes, recordAttributes } from '../../lib/store/audited.ts'
import { database } from '../../lib/store/database.ts'
import { chainHeadKey, recordKey } from '../../lib/store/keys.ts'
import { HOUR_MS, type Instant } from '../../lib/units/calendar.ts'
import { A, euros, type Rig } from '../simulation/rig.ts'
import { auditStage, CHAIN, findingsOf, LEVER, problemsOf, stream, textOf } from './audit-stage.ts'
import { embedded } from './embedded.ts'

const engine = embedded()
const HOURLY = (stage: Rig) => ({ stage: 'verify', key: CHAIN, turn: stage.now(), attempt: 0 }) as const
/** The next whole hour. */
const toTheHour = (stage: Rig): void => stage.wait(HOUR_MS - (stage.now() % HOUR_MS))

const someAlert = (at: Instant): Alert => ({
  ...{ id: alertId('00000001'), version: 1, rule: 'spendVelocity', portfolio: portfolioId('eu'), account: A },
  ...{ subject: { kind: 'account' }, state: 'open', firstAt: at, lastAt: at, toldAt: at, by: 'guard', at, acts: [] },
  ...{ what: 'It spends.', remedy: 'Look.', waiting: { kind: 'overspent', perHour: euros(21) } },
})

describe('an hourly turn of verify', () => {
  test('records that the state is the fold of the log, and logs where every chain stands', async () => {
    const { stage } = await auditStage(engine)
    toTheHour(stage)
    const turn = await runTurn(HOURLY(stage), stage.loop)
    const heads = /^scripted:1@\d+=[0-9a-f]{64} portfolio\/eu@\d+=[0-9a-f]{64} freezes@1=[0-9a-f]{64} alerts@0=0{64}$/
    expect(turn).toMatchObject({ kind: 'ran', summary: { auditHeads: expect.stringMatching(heads) } })
    const last = (await Array.fromAsync(stage.loop.audit.records(CHAIN))).at(-1)
    expect(last?.entries).toMatchObject([
      { kind: 'audit-check', chain: CHAIN, outcome: 'equal', detail: '' },
      { kind: 'audit-check', chain: 'portfolio/eu', outcome: 'equal' },
      { kind: 'audit-check', chain: 'freezes', outcome: 'equal' },
      { kind: 'audit-check', chain: 'alerts', sequence: 0, outcome: 'equal' },
    ])
  })

  test('at a quarter past does not look', async () => {
    const { stage } = await auditStage(engine)
    toTheHour(stage)
    stage.wait(15 * 60_000)
    expect(await runTurn(HOURLY(stage), stage.loop)).toEqual({
      kind: 'ran',
      summary: { pending: 0, looked: 2, moved: 0 },
    })
  })

  test('looks where the platform does not answer, too: what was moved past the log is found while a token is revoked', async () => {
    const { stage, tamper } = await auditStage(engine)
    stage.wait(60_000)
    await stage.plan([[A, '11', 205]])
    stage.ads.fate = () => 'lost-before'
    await stage.run('act')
    stage.ads.trouble = () => ({ kind: 'unauthorised', detail: 'the token was revoked' })
    toTheHour(stage)
    await expect(runTurn(HOURLY(stage), stage.loop)).rejects.toThrow('the token was revoked')
    const last = (await Array.fromAsync(stage.loop.audit.records(CHAIN))).at(-1)
    expect(last?.entries).toMatchObject(Array(4).fill({ kind: 'audit-check', outcome: 'equal' }))
    await tamper('PORTFOLIOS', 'eu', (item) => Object.assign(item, { mode: { S: 'observe' } }))
    stage.wait(HOUR_MS)
    await expect(runTurn(HOURLY(stage), stage.loop)).rejects.toThrow(
      /mode is observe in the tables and auto in the log/,
    )
  })

  test('that finds a difference freezes the account, records it and fails, naming lever and values', async () => {
    const { stage, tamper } = await auditStage(engine)
    await tamper(...LEVER, (item) => Object.assign(item, { knownMicros: { N: '999000000' } }))
    toTheHour(stage)
    await expect(runTurn(HOURLY(stage), stage.loop)).rejects.toThrow(
      /budget\/10: knownMicros is 999000000 in the tables and 110000000 in the log/,
    )
    expect(await stage.loop.freezes.active([freezeScope(`account/${CHAIN}`)])).toMatchObject([
      { by: 'audit', reason: expect.stringContaining('knownMicros is 999000000') },
    ])
    const last = (await Array.fromAsync(stage.loop.audit.records(CHAIN))).at(-1)
    expect(last?.entries[0]).toMatchObject({ outcome: 'differs', detail: expect.stringContaining('999000000') })
  })
})

describe('a chain that somebody took out or wrote anew', () => {
  test.each(['freezes', 'alerts'])(
    'records of the whole chain %s that are gone are missed: by verify, by an export, by the hourly look',
    async (chain) => {
      const { options, stage, remove } = await auditStage(engine)
      await stage.loop.alerts.put({ next: someAlert(stage.now()), expected: 0 })
      toTheHour(stage)
      await runTurn(HOURLY(stage), stage.loop)
      await remove('audit', `CHAIN#${chain}`, '000000000001')
      const archive = auditArchive(options)
      const missing = `record 1 of chain ${chain}: it is missing, and the head stands at 1`
      expect(findingsOf(await archive.verify(stage.now())).map(({ problem }) => problem)).toEqual([missing])
      expect(await archive.chains()).toContain(chain)
      const { findings } = await readAuditFile(stream(await textOf(archive.lines(stage.now()))))
      expect(findings[0]?.problem).toContain(`the head of chain ${chain} comes where chain (none) ends`)
      stage.wait(HOUR_MS)
      await expect(runTurn(HOURLY(stage), stage.loop)).rejects.toThrow(
        `record 1 of chain ${chain}: it was there and is missing`,
      )
      expect((await stage.loop.freezes.all()).map(({ scope }) => scope)).toContain('everything')
    },
  )

  test('a chain that is gone with its head is missed where an hourly look has seen it', async () => {
    const { options, stage, remove } = await auditStage(engine)
    await stage.loop.alerts.put({ next: someAlert(stage.now()), expected: 0 })
    toTheHour(stage)
    await runTurn(HOURLY(stage), stage.loop)
    await remove('audit', 'CHAIN#alerts', '000000000001')
    for (const sk of ['HEAD', 'CHECK']) await remove('control', 'CHAIN#alerts', sk)
    expect(findingsOf(await auditArchive(options).verify(stage.now()))).toMatchObject([
      {
        chain: 'alerts',
        problem: expect.stringMatching(/^record 1 of chain alerts: an hourly look saw it .*, and it is missing$/),
      },
    ])
  })

  test('a chain that was written anew, head and all, is not as an hourly look saw it', async () => {
    const { options, stage } = await auditStage(engine)
    await stage.loop.alerts.put({ next: someAlert(stage.now()), expected: 0 })
    toTheHour(stage)
    await runTurn(HOURLY(stage), stage.loop)
    const forged = nextRecord('alerts', undefined, stage.now(), [])
    const db = database(options)
    await db.put('audit', recordKey('alerts', 1), recordAttributes(forged))
    await db.put('control', chainHeadKey('alerts'), headAttributes(forged))
    expect(problemsOf(await auditArchive(options).verify(stage.now()))).toEqual([
      expect.stringMatching(
        `^record 1 of chain alerts: an hourly look saw it with hash [0-9a-f]{64}, and its hash is ${forged.hash}$`,
      ),
    ])
  })
})
