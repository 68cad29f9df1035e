import { describe, expect, test } from 'vitest'
import { parseCanonical } from '../../lib/model/canonical.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import { auditArchive } from '../../lib/store/audit-archive.ts'
import { dynamoAuditor } from '../../lib/store/audit-check.ts'
import { type AuditLine, readAuditFile } from '../../lib/store/audit-text.ts'
import { A } from '../simulation/rig.ts'
import { type AuditStage, auditStage, CHAIN, findingsOf, LEVER, problemsOf, stream, textOf } from './audit-stage.ts'
import { embedded } from './embedded.ts'

const engine = embedded()
describe('the state against the log', () => {
  test('is its fold after policy, pulls, a plan, a push and a freeze: every chain, every item', async () => {
    const { stage, options } = await auditStage(engine)
    const checks = await auditArchive(options).verify(stage.now())
    expect(findingsOf(checks)).toEqual([])
    expect(checks.map(({ chain }) => chain)).toEqual(['freezes', 'portfolio/eu', CHAIN])
    // One freeze; the version, which is current, the plan's header and its place in the list, the portfolio's day; two
    // levers, the account's day, the intent and the plan's progress.
    expect(checks.map(({ items }) => items)).toEqual([1, 4, 6])
  })

  test('that somebody moved past the log is found by the hourly look, with lever, both values and record', async () => {
    const { options, stage, tamper } = await auditStage(engine)
    const auditor = dynamoAuditor(options)
    expect((await auditor.check(CHAIN, stage.now())).findings).toEqual([])
    await tamper(...LEVER, (item) => Object.assign(item, { knownMicros: { N: '999000000' } }))
    const { findings } = await auditor.check(CHAIN, stage.now())
    expect(findings).toHaveLength(1)
    expect(findings[0]?.problem).toMatch(
      /^lever scripted:1\/daily-budget\/budget\/10: knownMicros is 999000000 in the tables and 110000000 in the log \(record \d+ of chain scripted:1\)$/,
    )
  })

  test.each<[string, (one: AuditStage) => Promise<void>, RegExp]>([
    [
      'a lever that is missing',
      (one) => one.remove('control', ...LEVER),
      /budget\/10 is missing in the tables; record/,
    ],
    [
      'a lever that no record wrote',
      (one) =>
        one.tamper(LEVER[0], 'LEVER#daily-budget/budget/66', (item) => Object.assign(item, { version: { N: '1' } })),
      /budget\/66 is in the tables, and no record of the log wrote it/,
    ],
    [
      'a ledger that somebody lowered',
      (one) => one.tamper(LEVER[0], 'LEDGER#2026-06-02', (item) => Object.assign(item, { exposureMicros: { N: '1' } })),
      /ledger of scripted:1, 2026-06-02: exposureMicros is 1 in the tables and 620000000 in the log/,
    ],
  ])('%s is found by the hourly look and by the whole one', async (_name, act, problem) => {
    const one = await auditStage(engine)
    await act(one)
    const [hourly] = (await dynamoAuditor(one.options).check(CHAIN, one.stage.now())).findings
    expect(hourly?.problem).toMatch(problem)
    const whole = findingsOf(await auditArchive(one.options).verify(one.stage.now()))
    expect(whole.map((finding) => finding.problem).join()).toMatch(problem)
  })

  test('a freeze that vanished, and a policy that was changed in place, are found by the whole look', async () => {
    const { options, stage, tamper, remove } = await auditStage(engine)
    await remove('control', 'FREEZES', 'platform/meta')
    await tamper('PORTFOLIOS', 'eu', (item) => Object.assign(item, { mode: { S: 'observe' } }))
    const problems = findingsOf(await auditArchive(options).verify(stage.now())).map(({ problem }) => problem)
    expect(problems.toSorted()).toEqual([
      expect.stringMatching(/^current policy of portfolio eu: mode is observe in the tables and auto in the log/),
      expect.stringMatching(/^freeze platform\/meta is missing in the tables; record 1 of chain freezes wrote it/),
    ])
  })

  test('is its fold after a freeze was lifted, and a lifted freeze that somebody puts back is found', async () => {
    const { options, stage, tamper } = await auditStage(engine)
    const auditor = dynamoAuditor(options)
    const checked = async () => problemsOf([await auditor.check('freezes', stage.now())])
    const verified = async () => problemsOf(await auditArchive(options).verify(stage.now()))
    expect(await checked()).toEqual([])
    await stage.loop.freezes.unfreeze(freezeScope('platform/meta'), 'ann', 'the drill is over', stage.now())
    expect([await checked(), await verified()]).toEqual([[], []])
    await tamper('FREEZES', 'platform/meta', (item) => Object.assign(item, { scope: { S: 'platform/meta' } }))
    const problem = 'freeze platform/meta is in the tables, and no record of the log wrote it'
    expect([await checked(), await verified()]).toEqual([[problem], [problem]])
  })

  test('is compared from where the last look stopped: only what came since is read', async () => {
    const { options, stage } = await auditStage(engine)
    const auditor = dynamoAuditor(options)
    const first = await auditor.check(CHAIN, stage.now())
    expect(first.records).toBeGreaterThan(2)
    expect((await auditor.check(CHAIN, stage.now())).records).toBe(0)
    stage.wait(60_000)
    stage.ads.human(A, '11', 190_000_000n)
    await stage.run('pull')
    const next = await auditor.check(CHAIN, stage.now())
    expect(next).toMatchObject({ records: 1, findings: [] })
    expect(next.head.sequence).toBe(first.head.sequence + 1)
  })

  test('a record that was rewritten before the last look is found by it where it was the last, and by the whole one', async () => {
    const { options, stage, remove } = await auditStage(engine)
    const auditor = dynamoAuditor(options)
    const { head } = await auditor.check(CHAIN, stage.now())
    await remove('audit', `CHAIN#${CHAIN}`, String(head.sequence).padStart(12, '0'))
    expect((await auditor.check(CHAIN, stage.now())).findings[0]?.problem).toBe(
      `record ${head.sequence} of chain ${CHAIN}: it was there and is missing`,
    )
    expect(findingsOf(await auditArchive(options).verify(stage.now()))).toMatchObject([
      {
        kind: 'chain',
        sequence: head.sequence,
        problem: expect.stringContaining('it is missing, and the head stands'),
      },
    ])
  })

  test('a commit between two reads of a look is no difference', async () => {
    const { options, stage } = await auditStage(engine)
    let interrupted = false
    const client = new Proxy(options.client, {
      get: (target, name) =>
        name !== 'send'
          ? Reflect.get(target, name)
          : async (command: { input: { KeyConditionExpression?: string } }) => {
              const answer = await target.send(command as never)
              // After the records were read, before the levers are: somebody edits, and a pull takes it over.
              if (!interrupted && 'input' in command && command.input.KeyConditionExpression?.includes('BETWEEN')) {
                interrupted = true
                stage.wait(60_000)
                stage.ads.human(A, '10', 105_000_000n)
                await stage.run('pull')
              }
              return answer
            },
    })
    const check = await dynamoAuditor({ ...options, client }).check(CHAIN, stage.now())
    expect(interrupted).toBe(true)
    expect(check.findings).toEqual([])
  })
})

describe('an export', () => {
  test('has every record of every chain, each chain’s head, and reads as sound', async () => {
    const { options, stage } = await auditStage(engine)
    const lines = await textOf(auditArchive(options).lines(stage.now()))
    const reading = await readAuditFile(stream(lines))
    expect(reading.findings).toEqual([])
    expect(reading.heads.get(CHAIN)).toMatchObject({ sequence: (await stage.loop.audit.head(CHAIN))!.sequence })
    const heads = [...reading.heads.values()].reduce((sum, { sequence }) => sum + sequence, 0)
    expect(reading.records).toBe(heads)
    expect(lines).toHaveLength(1 + heads + 3 + 1)
  })

  test('whose heads were moved on past the last record is none, and a record past the head is left out', async () => {
    const { options, stage, tamper } = await auditStage(engine)
    const before = await textOf(auditArchive(options).lines(stage.now()))
    const head = await stage.loop.audit.head(CHAIN)
    // What a commit that is only half to be seen looks like from here: its record is there, and the head is as it was read.
    await stage.loop.money.commit({
      ...{ token: 'later', chain: CHAIN as never, at: stage.now(), levers: [], intents: [] },
      entries: [{ kind: 'freeze', scope: 'everything', by: 'ann', reason: 'a test' }],
    })
    await tamper(`CHAIN#${CHAIN}`, 'HEAD', (item) =>
      Object.assign(item, { sequence: { N: String(head!.sequence) }, hash: { S: head!.hash } }),
    )
    expect(await textOf(auditArchive(options).lines(stage.now()))).toEqual(before)
    await tamper(`CHAIN#${CHAIN}`, 'HEAD', (item) => Object.assign(item, { sequence: { N: '99' } }))
    const { findings } = await readAuditFile(stream(await textOf(auditArchive(options).lines(stage.now()))))
    expect(findings[0]?.problem).toMatch(
      /^line \d+: chain scripted:1 ends with record \d+ [0-9a-f]{64}, and its head says 99 /,
    )
  })

  const damages: readonly (readonly [string, (lines: string[]) => string[], RegExp])[] = [
    ['a byte was changed', (l) => l.with(5, l[5]!.replace('scripted:1', 'scripted:7')), /^line 6: /],
    [
      'an amount was changed',
      (l) => l.map((one) => one.replace('"to":"110 EUR"', '"to":"990 EUR"')),
      /does not have its hash/,
    ],
    ['a line was dropped', (l) => l.toSpliced(-4, 1), /stands in its place/],
    ['two lines changed places', (l) => l.with(-4, l.at(-5)!).with(-5, l.at(-4)!), /stands in its place/],
    ['a line is there twice', (l) => l.toSpliced(-4, 0, l.at(-4)!), /stands in its place|follows/],
    ['the tail was cut off', (l) => l.slice(0, -3), /the head of chain scripted:1 is missing: the file was cut off/],
    ['the last line was cut off', (l) => l.slice(0, -1), /the end of the file is missing: the file was cut off/],
    ['half a line is left', (l) => [...l.slice(0, -2), l.at(-2)!.slice(0, 20)], /it is no line of an export/],
    ['a head is missing', (l) => l.toSpliced(-2, 1), /the head of chain scripted:1 is missing/],
    [
      'a whole chain was taken out',
      (l) => l.filter((one) => !one.includes('"chain":"freezes"')),
      /it has 2 chains and/,
    ],
    ['it is no export', () => ['{"kind":"record"}'], /does not say that this is an export/],
  ]
  test('that was damaged is found out, and the place is named', async () => {
    const { options, stage } = await auditStage(engine)
    const lines = await textOf(auditArchive(options).lines(stage.now()))
    for (const [name, damage, problem] of damages) {
      const damaged = damage([...lines])
      expect(damaged, name).not.toEqual(lines)
      const { findings } = await readAuditFile(stream(damaged))
      expect([name, findings.map((finding) => finding.problem)]).toEqual([name, [expect.stringMatching(problem)]])
    }
  })

  test('says of each record what it wrote, money exact', async () => {
    const { options, stage } = await auditStage(engine)
    const lines = await textOf(auditArchive(options).lines(stage.now()))
    const records = lines
      .map((text) => parseCanonical<AuditLine>(text))
      .flatMap((one) => (one.kind === 'record' ? [one.record] : []))
    const written = records.flatMap(({ writes = [] }) => writes).filter(({ sk }) => sk === LEVER[1])
    expect(written.at(-1)?.item).toMatchObject({ knownMicros: 110_000_000n, isOurs: true })
  })
})
