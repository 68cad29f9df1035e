import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import { auditArchive } from '../../lib/store/audit-archive.ts'
import { dynamoAuditor } from '../../lib/store/audit-check.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, B } from '../simulation/rig.ts'
import { type AuditStage, auditStage, CHAIN, problemsOf } from './audit-stage.ts'
import { embedded } from './embedded.ts'

const engine = embedded()
const BOTH = { budgets: { '1': { '10': 100, '11': 200 }, '2': { '20': 100 } } }
const DAY = ['PORTFOLIO#eu', 'LEDGER#2026-06-02'] as const

const checksOf = async ({ options, stage }: AuditStage): Promise<readonly string[]> => {
  const auditor = dynamoAuditor(options)
  const chains = [CHAIN, 'scripted:2', 'portfolio/eu', 'freezes']
  const checks = []
  for (const chain of chains) checks.push(await auditor.check(chain, stage.now()))
  return problemsOf(checks)
}

/** As whoever wants headroom would write it: what counts is less, and the item looks later than any that the log knows. */
const lowered = (item: Record<string, object>): void => {
  const { N: version = '0' } = (item.version ?? {}) as { N?: string }
  Object.assign(item, { exposureMicros: { N: '0' }, version: { N: String(Number(version) + 1) } })
}

describe('what several accounts write', () => {
  test('is no difference for any chain, however the accounts take turns with it', async () => {
    const one = await auditStage(engine, BOTH)
    expect(await checksOf(one)).toEqual([])
    for (const [account, budget, to] of [
      [B, '20', 105],
      [A, '11', 210],
      [B, '20', 108],
    ] as const) {
      one.stage.wait(MINUTE_MS)
      await one.stage.plan([[account, budget, to]])
      await one.stage.run('act', account)
      expect(await checksOf(one)).toEqual([])
    }
    expect(problemsOf(await auditArchive(one.options).verify(one.stage.now()))).toEqual([])
  })

  test.each([
    ['before any look', false],
    ['after a look that found nothing', true],
  ])('a portfolio’s ledger that somebody lowered, with a version of its own, is found: %s', async (_name, looked) => {
    const one = await auditStage(engine, BOTH)
    if (looked) expect(await checksOf(one)).toEqual([])
    await one.tamper(...DAY, lowered)
    const problem =
      /^ledger of eu, 2026-06-02: exposureMicros is 0 in the tables and \d+ in the log \(record \d+ of chain scripted:[12]\)$/
    expect(await checksOf(one)).toEqual([expect.stringMatching(problem)])
    expect(problemsOf(await auditArchive(one.options).verify(one.stage.now()))).toEqual([
      expect.stringMatching(problem),
    ])
  })

  test.each<[string, string, (item: Record<string, object>) => void, RegExp]>([
    [
      'an approval',
      'HEADER',
      (item) => Object.assign(item, { approvalKind: { S: 'rejected' } }),
      /^header of plan [0-9a-f]{24}: approvalKind is rejected in the tables and approved in the log \(record \d+ of chain portfolio\/eu\)$/,
    ],
    [
      'how far a plan is',
      'PROGRESS',
      (item) => Object.assign(item, { version: { N: '9' }, record: { S: '{}' } }),
      /^progress of plan [0-9a-f]{24}: version is 9 in the tables and \d in the log \(record \d+ of chain scripted:1\)$/,
    ],
  ])(
    '%s that somebody wrote past the log is found, also after a look that found nothing',
    async (_, sk, change, problem) => {
      const one = await auditStage(engine, BOTH)
      one.stage.wait(MINUTE_MS)
      const { id } = await one.stage.plan([
        [A, '11', 210],
        [B, '20', 105],
      ])
      await one.stage.run('act', A)
      expect(await checksOf(one)).toEqual([])
      await one.tamper(`PLAN#${id}`, sk, change)
      expect(await checksOf(one)).toEqual([expect.stringMatching(problem)])
      expect(problemsOf(await auditArchive(one.options).verify(one.stage.now()))).toEqual([
        expect.stringMatching(problem),
      ])
    },
  )

  test.each<[string, string, (item: Record<string, object>) => void]>([
    ['a portfolio’s day', DAY[0], lowered],
    ['a portfolio’s day, its version kept', DAY[0], (item) => Object.assign(item, { exposureMicros: { N: '0' } })],
    ['an account’s day', 'ACCOUNT#scripted:2', (item) => Object.assign(item, { exposureMicros: { N: '0' } })],
  ])(
    '%s that was lowered, and that a push has counted on since, is found: its changes come to more',
    async (_name, pk, change) => {
      const one = await auditStage(engine, BOTH)
      expect(await checksOf(one)).toEqual([])
      await one.tamper(pk, DAY[1], change)
      one.stage.wait(MINUTE_MS)
      await one.stage.plan([[B, '20', 105]])
      await one.stage.run('act', B)
      const problem =
        /, 2026-06-02: exposureMicros is \d+ in the tables, and all of its changes in the log come to \d+$/
      const found = (await checksOf(one)).filter((text) => problem.test(text))
      expect(found).toHaveLength(1)
      expect(problemsOf(await auditArchive(one.options).verify(one.stage.now()))).toEqual(found)
    },
  )

  test('a day that nobody opened, and progress of a plan that nobody acted on, are found as such', async () => {
    const one = await auditStage(engine, BOTH)
    const { id } = await one.stage.plan([[B, '20', 105]])
    await one.tamper('PORTFOLIO#eu', 'LEDGER#2026-06-03', lowered)
    await one.tamper(`PLAN#${id}`, 'PROGRESS', lowered)
    const unknown = 'is in the tables, and no record of the log wrote it'
    expect((await checksOf(one)).toSorted()).toEqual([
      `ledger of eu, 2026-06-03 ${unknown}`,
      `progress of plan ${id} ${unknown}`,
    ])
    await one.tamper('ACCOUNT#scripted:2', 'LEDGER#2026-06-03', lowered)
    expect(await checksOf(one)).toContain(`ledger of scripted:2, 2026-06-03 ${unknown}`)
  })

  test('a lowered ledger of a portfolio freezes all its accounts within the hour', async () => {
    const one = await auditStage(engine, BOTH)
    await one.tamper(...DAY, lowered)
    one.stage.wait(HOUR_MS - (one.stage.now() % HOUR_MS))
    const turn = { stage: 'verify', key: CHAIN, turn: one.stage.now(), attempt: 0 } as const
    await expect(runTurn(turn, one.stage.loop)).rejects.toThrow(/ledger of eu, 2026-06-02: exposureMicros is 0/)
    const frozen = (await one.stage.loop.freezes.all()).filter(({ by }) => by === 'audit').map(({ scope }) => scope)
    expect(frozen).toEqual(['account/scripted:1', 'account/scripted:2'])
  })

  test('is no difference where an account has left the portfolio since, nor days after', async () => {
    const one = await auditStage(engine, BOTH)
    await one.stage.plan([[B, '20', 105]])
    await one.stage.run('act', B)
    const accounts = (one.stage.written as { accounts: readonly object[] }).accounts.slice(0, 1)
    await one.stage.setPolicy({ accounts })
    expect(await checksOf(one)).toEqual([])
    one.stage.wait(DAY_MS)
    await one.stage.run('pull', A)
    expect(await checksOf(one)).toEqual([])
    one.stage.wait(4 * DAY_MS)
    await one.stage.run('pull', A)
    expect(await checksOf(one)).toEqual([])
  })

  test('a commit of another account during the look is no difference', async () => {
    const one = await auditStage(engine, BOTH)
    let interrupted = 0
    const client = new Proxy(one.options.client, {
      get: (target, name) =>
        name !== 'send'
          ? Reflect.get(target, name)
          : async (command: { input: { Key?: { pk?: { S?: string }; sk?: { S?: string } } } }) => {
              const answer = await target.send(command as never)
              // After the other account's head was read, before the ledger is.
              const { pk, sk } = command.input.Key ?? {}
              if (interrupted < 2 && pk?.S === 'CHAIN#scripted:2' && sk?.S === 'HEAD') {
                interrupted += 1
                one.stage.wait(MINUTE_MS)
                await one.stage.plan([[B, '20', 104 + interrupted]])
                await one.stage.run('act', B)
              }
              return answer
            },
    })
    const check = await dynamoAuditor({ ...one.options, client }).check('portfolio/eu', one.stage.now())
    expect(interrupted).toBe(2)
    expect(check.findings).toEqual([])
    expect(await checksOf(one)).toEqual([])
  })
})

describe('a checkpoint that was lost', () => {
  test('costs the next look a reading from the first record, and finds nothing in what has expired', async () => {
    const one = await auditStage(engine)
    const { client, prefix } = one.options
    expect(await checksOf(one)).toEqual([])
    one.stage.wait(410 * DAY_MS)
    const { Items = [] } = await client.send(new ScanCommand({ TableName: `${prefix}-control` }))
    const now = one.stage.now() / 1000
    const gone = Items.filter(({ expiresAt }) => expiresAt?.N !== undefined && Number(expiresAt.N) < now)
    // The account's and the portfolio's day, the intent, the plan's header, place, progress and chunk, marks of commits.
    expect(gone.length).toBeGreaterThan(6)
    const checkpoints = Items.filter(({ sk }) => sk?.S === 'CHECK')
    for (const { pk, sk } of [...gone, ...checkpoints]) await one.remove('control', pk!.S!, sk!.S!)
    expect(await checksOf(one)).toEqual([])
    expect(problemsOf(await auditArchive(one.options).verify(one.stage.now()))).toEqual([])
  })
})
