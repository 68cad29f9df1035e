import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { replayPlan } from '../../lib/control/replay.ts'
import { draftRollback } from '../../lib/control/rollback.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { EVERYTHING } from '../../lib/model/freeze.ts'
import { leverKey } from '../../lib/model/lever.ts'
import { auditArchive } from '../../lib/store/audit-archive.ts'
import { restoreLog, TablesNotEmpty } from '../../lib/store/audit-restore.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import { DAY_MS, HOUR_MS, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { createTables } from '../../playground/dynamodb/create-tables.ts'
import { A, B, daily } from '../simulation/rig.ts'
import { type AuditStage, auditStage, problemsOf, stream, textOf } from './audit-stage.ts'
import { embedded } from './embedded.ts'

const engine = embedded()
const BOTH = { budgets: { '1': { '10': 100, '11': 200 }, '2': { '20': 100 } } }
let copies = 0
type Options = AuditStage['options']

/** Tables that nobody has written to. */
async function emptyTables({ options }: AuditStage): Promise<Options> {
  copies += 1
  const prefix = `${options.prefix}-copy-${copies}`
  await createTables(options.client, prefix)
  return { client: options.client, prefix }
}

const linesOf = ({ options, stage }: AuditStage): Promise<string[]> => textOf(auditArchive(options).lines(stage.now()))

/** Token and instant of a freeze are one request to the engine, whatever the tables: no two restores at the same one. */
const by = ({ stage }: AuditStage, who = 'ann') => ({ by: `${who}-${copies}`, at: stage.now() })

async function keysIn({ client, prefix }: Options): Promise<readonly string[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: `${prefix}-control` }))
  return Items.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`)
}

describe('a restore', () => {
  test('puts into empty tables what verifies there, frozen, and the loop goes on from it', async () => {
    const one = await auditStage(engine)
    const lines = await linesOf(one)
    const options = await emptyTables(one)
    const restored = await restoreLog(options, () => stream(lines), by(one))
    expect(restored).toMatchObject({ findings: [], items: 11, closed: 0 })
    expect(problemsOf(await auditArchive(options).verify(one.stage.now()))).toEqual([])
    const [before, after] = [dynamoStores(one.options), dynamoStores(options)]
    expect(await after.money.allLevers(A)).toEqual(await before.money.allLevers(A))
    expect(await after.freezes.all()).toEqual([
      { scope: EVERYTHING, reason: 'restored from an export of the audit', ...by(one) },
      ...(await before.freezes.all()),
    ])
    expect(await after.policies.current(one.stage.policy.policy.portfolio)).toEqual(one.stage.policy)
    const lever = leverKey(daily(A, '10'))
    expect((await after.money.levers(A, [lever])).get(lever)?.known).toMatchObject({ amount: { micros: 110_000_000n } })
    await expect(restoreLog(options, () => stream(lines), by(one))).rejects.toThrow(TablesNotEmpty)
  })

  test('of a damaged export writes nothing at all', async () => {
    const one = await auditStage(engine)
    const lines = await linesOf(one)
    const options = await emptyTables(one)
    expect((await restoreLog(options, () => stream(lines.slice(0, -2)), by(one))).findings).toHaveLength(1)
    expect(await auditArchive(options).isEmpty()).toBe(true)
  })

  test('is refused where the control table holds anything, though the log is empty', async () => {
    const one = await auditStage(engine)
    const lines = await linesOf(one)
    const options = await emptyTables(one)
    await dynamoStores(options).claims.claim(
      'pull/x',
      one.stage.now(),
      0,
      'w',
      one.stage.now(),
      later(one.stage.now(), 1),
    )
    await expect(restoreLog(options, () => stream(lines), by(one))).rejects.toThrow(TablesNotEmpty)
    expect(await keysIn(options)).toEqual(['CLAIM#pull/x CLAIM'])
  })

  test('that is killed after any write has frozen everything before the first other item, and knows portfolios last', async () => {
    const one = await auditStage(engine)
    const lines = await linesOf(one)
    const seen: string[] = []
    for (let writes = 1; ; writes += 1) {
      const options = await emptyTables(one)
      let left = writes
      const client = new Proxy(options.client, {
        get: (target, name) =>
          name !== 'send'
            ? Reflect.get(target, name)
            : async (command: { constructor: { name: string } }) => {
                if (/Put|Transact/.test(command.constructor.name) && left-- === 0) throw new Error('killed')
                return target.send(command as never)
              },
      })
      const killed = await restoreLog({ ...options, client }, () => stream(lines), by(one)).then(
        () => false,
        () => true,
      )
      const keys = await keysIn(options)
      const others = keys.filter((key) => !/^(FREEZES|COMMIT#|CHAIN#freezes)/.test(key))
      const isFrozen = keys.includes('FREEZES everything')
      if (others.length > 0 && !isFrozen) seen.push(`write ${writes}: ${others.join(', ')}`)
      if (killed && keys.includes('PORTFOLIOS eu')) seen.push(`write ${writes}: the portfolio is known`)
      if (!killed) break
    }
    expect(seen).toEqual([])
  })
})

describe('what was planned before a restore', () => {
  /** One account has acted on the plan, the other has not; then everything goes on in the restored tables. */
  async function restoredHalfWay() {
    const one = await auditStage(engine, BOTH)
    one.stage.wait(MINUTE_MS)
    const { id } = await one.stage.plan([
      [A, '11', 190],
      [B, '20', 95],
    ])
    await one.stage.run('act', A)
    const options = await emptyTables(one)
    const lines = await linesOf(one)
    const restored = await restoreLog(options, () => stream(lines), by(one))
    const loop = { ...one.stage.loop, ...dynamoStores(options) }
    return { ...one, id, options, restored, loop }
  }

  test('is closed, so that nothing is pushed of it and no turn fails for it', async () => {
    const { stage, id, restored, loop, options } = await restoredHalfWay()
    expect(restored.closed).toBe(1)
    expect((await loop.plans.header(id))?.approval).toEqual({
      kind: 'rejected',
      by: expect.stringMatching(/^ann-\d+, restoring an export$/),
      at: stage.now(),
    })
    expect(problemsOf(await auditArchive(options).verify(stage.now()))).toEqual([])
    await loop.freezes.unfreeze(EVERYTHING, 'ann', 'looks right', stage.now())
    stage.wait(HOUR_MS)
    const sent = stage.ads.sent.length
    const turn = { stage: 'act', key: 'scripted:2', turn: stage.now(), attempt: 0 } as const
    expect(await runTurn(turn, loop)).toMatchObject({ kind: 'ran', summary: { chunks: 0 } })
    expect(stage.ads.sent.length).toBe(sent)
  })

  test('is not scored, and keeps nothing that was planned since from being scored', async () => {
    const { stage, loop } = await restoredHalfWay()
    stage.wait(40 * DAY_MS)
    const turn = { stage: 'score', key: 'eu', turn: stage.now(), attempt: 0 } as const
    expect(await runTurn(turn, loop)).toMatchObject({ kind: 'ran', summary: { scored: 0, withoutDecisions: 1 } })
  })

  test('cannot be rolled back, and what is in the way and where the values before stand is said', async () => {
    const { id, loop } = await restoredHalfWay()
    const header = (await loop.plans.header(id))!
    await expect(draftRollback(header, 'ann', loop)).rejects.toThrow(
      `plan ${id} has 0 of its 2 decisions: the log has no decisions, so a restore does not bring them back`,
    )
    expect((await loop.money.intents(A, id)).map(({ intent }) => intent.change.from)).toMatchObject([
      { amount: { micros: 200_000_000n } },
    ])
  })

  test('is not decided again by a replay, which says what to leave out', async () => {
    const { id, loop } = await restoredHalfWay()
    const header = { ...(await loop.plans.header(id))!, occasion: 'daily' } as const
    const archive = { ...loop.archive, get: async () => '{}' }
    expect(await replayPlan(header, undefined, { ...loop, archive })).toMatchObject({
      kind: 'missing',
      why: expect.stringContaining('has 0 of its 2 decisions'),
      remedy: 'leave out what is older than the restore with a smaller --days',
    })
  })
})
