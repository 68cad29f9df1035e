import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { hashOfText } from '../../lib/model/canonical.ts'
import { type Remote, startRemote } from '../bench/rpc.ts'
import type { Part, PartOptions } from './main.ts'
import { mutantsOf, mutated } from './mutants.ts'
import type { Tried } from './mutation-main.ts'

const RULES = 'test/decide/breakers/rules.test.ts'
const SPEND_RULES = [RULES, 'test/decide/breakers/spend-borders.test.ts']
const CLAIM_RULES = [RULES, 'test/decide/breakers/claim-borders.test.ts']
const HAND_RULES = [RULES, 'test/decide/breakers/hand-borders.test.ts']
const control = (...names: readonly string[]): readonly string[] => names.map((name) => `test/control/${name}.test.ts`)
const SIGHT = [
  ...control('pull-and-drift', 'whose-edit', 'beyond-cap', 'slipped-zeros', 'edits-within-the-quarter'),
  ...control('outside-caps', 'wider-caps'),
]

/** The code that stands between a wrong decision and money, each with the tests that are to notice a slip in it. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  'lib/decide/interval.ts': ['test/decide/interval.test.ts', 'test/decide/guardrails.test.ts'],
  'lib/decide/magnitude.ts': ['test/decide/magnitude.test.ts'],
  'lib/decide/over-cap.ts': ['test/decide/over-cap.test.ts'],
  'lib/decide/account-checks.ts': ['test/decide/account-checks.test.ts'],
  'lib/decide/holds.ts': [
    'test/decide/budget-checks.test.ts',
    'test/decide/which-checks.test.ts',
    'test/decide/holds.test.ts',
  ],
  'lib/decide/guardrails.ts': ['test/decide/guardrails.test.ts'],
  'lib/decide/group-rooms.ts': ['test/decide/group-rooms.test.ts'],
  'lib/decide/shared-caps.ts': ['test/decide/shared-caps.test.ts'],
  'lib/decide/change-limit.ts': ['test/decide/change-limit.test.ts'],
  'lib/decide/verdicts.ts': ['test/decide/verdict-rules.test.ts'],
  'lib/decide/spent-today.ts': ['test/decide/spent-today.test.ts'],
  'lib/decide/rollback.ts': ['test/decide/rollback.test.ts'],
  'lib/decide/cut-back.ts': ['test/decide/cut-back.test.ts'],
  'lib/decide/breakers/runaway-spend.ts': [RULES, 'test/decide/breakers/runaway-borders.test.ts'],
  'lib/decide/breakers/spend-velocity.ts': SPEND_RULES,
  'lib/decide/breakers/price-jump.ts': [...SPEND_RULES, 'test/decide/breakers/price-hours.test.ts'],
  'lib/decide/breakers/zero-delivery.ts': SPEND_RULES,
  'lib/decide/breakers/zero-conversions.ts': CLAIM_RULES,
  'lib/decide/breakers/claims-above-orders.ts': CLAIM_RULES,
  'lib/decide/breakers/divergence.ts': HAND_RULES,
  'lib/decide/breakers/oscillation.ts': HAND_RULES,
  'lib/decide/breakers/refusals.ts': HAND_RULES,
  'lib/decide/breakers/not-serving.ts': HAND_RULES,
  'lib/decide/breakers/fold-alerts.ts': ['test/decide/breakers/fold-alerts.test.ts'],
  'lib/decide/breakers/remedies.ts': [
    'test/decide/breakers/remedies.test.ts',
    'test/decide/breakers/remedy-checks.test.ts',
  ],
  'lib/decide/breakers/judge.ts': [RULES],
  'lib/model/guardrail.ts': ['test/model/guardrail.test.ts'],
  'lib/decide/breakers/outside-caps.ts': ['test/decide/breakers/outside-caps.test.ts'],
  'lib/decide/breakers/figures.ts': ['test/decide/breakers/figures.test.ts', ...SPEND_RULES],
  'lib/decide/net-growth.ts': ['test/decide/net-growth.test.ts'],
  'lib/decide/flight-ceilings.ts': ['test/decide/flight-ceilings.test.ts'],
  'lib/decide/approved-step.ts': ['test/decide/approved-step.test.ts'],
  'lib/decide/spend-stops.ts': ['test/decide/spend-stops.test.ts'],
  'lib/control/gate.ts': control('gate'),
  'lib/control/broken-cap.ts': control('broken-cap'),
  'lib/control/last-look.ts': control('last-look'),
  'lib/control/already-there.ts': control('already-there'),
  'lib/control/exposure.ts': control('exposure'),
  'lib/control/shared-caps.ts': control('shared-caps'),
  'lib/control/frozen.ts': control('freeze'),
  'lib/control/ledger-step.ts': control('ledger-step'),
  'lib/control/progress.ts': control('push-protocol', 'settle', 'reserve'),
  'lib/control/reserve.ts': control('reserve', 'push-protocol', 'reserve-edges', 'taken-back'),
  'lib/control/push.ts': control('push-borders', 'push-protocol', 'freeze'),
  'lib/control/act.ts': control('act'),
  'lib/control/dispatch.ts': control('dispatch'),
  'lib/control/settle.ts': control('settle', 'settle-edges', 'push-protocol'),
  'lib/control/verify.ts': control('settle', 'push-protocol'),
  'lib/control/drift.ts': control('drift', 'wider-caps', 'whose-edit', 'beyond-cap', 'slipped-zeros'),
  'lib/control/sync-levers.ts': SIGHT,
  'lib/control/wider-caps.ts': control('wider-caps'),
  'lib/control/cap-readings.ts': control('cap-readings'),
  'lib/control/guard.ts': control('guard', 'guard-told', 'guard-lost', 'imported'),
  'lib/control/guard-view.ts': control('guard-view', 'guard-clock', 'guard-oscillation'),
  'lib/control/guard-act.ts': control('guard-borders'),
  'lib/control/guard-hold.ts': control('guard-borders'),
  'lib/control/guard-plan.ts': control('guard-borders'),
  'lib/control/tell-outside.ts': control('tell-outside'),
  'lib/control/corrections.ts': control('corrections'),
  'lib/control/killed.ts': control('kill'),
}

const ROOT = join(import.meta.dirname, '../..')
const RESULTS = join(ROOT, 'docs/results/mutation.jsonl')
const COPIED = ['lib', 'test', 'playground', 'cli', 'functions', 'package.json', 'tsconfig.json', 'vitest.config.ts']
/** So many mutants are tried at once. */
const BATCH = 20
/** A mutant that makes a test run on for ever is noticed. */
const TIMEOUT_MS = 10_000
const START_MS = 40_000

interface Result {
  readonly file: string
  /** Of the file and its tests: what was found stands as long as these do. */
  readonly hash: string
  readonly id: string
  readonly killed: boolean
}

/** `npm run prove -- mutation [--only=lib/decide/interval.ts,…]`: which slips in the guard code the tests notice. */
export const mutation: Part = {
  what: 'slips in the guard code, one after the other: which of them the tests notice',
  check({ only = [] }) {
    const unknown = only.filter((file) => !Object.hasOwn(TARGETS, file))
    if (unknown.length > 0)
      throw new RangeError(`--only=${unknown.join(',')}: choose among ${Object.keys(TARGETS).join(', ')}`)
  },
  async run(options: PartOptions) {
    const files = options.only ?? Object.keys(TARGETS)
    if (options.anew && existsSync(RESULTS)) rmSync(RESULTS)
    const copy = copied()
    try {
      for (const file of files) await prove(file, copy)
    } finally {
      rmSync(copy, { recursive: true })
    }
    return files.every((file) => report(file))
  },
}

/** The working tree is never touched: others may be using it. */
function copied(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-mutation-'))
  for (const one of COPIED) cpSync(join(ROOT, one), join(folder, one), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

const testsOf = (file: string): readonly string[] => (TARGETS[file] ?? []).filter((one) => existsSync(join(ROOT, one)))

const hashFor = (file: string): string =>
  hashOfText([file, ...testsOf(file)].map((one) => readFileSync(join(ROOT, one), 'utf8')).join('\n')).slice(0, 16)

/** @throws Error where the tests fail as the code stands: then no mutant tells anything */
async function prove(file: string, copy: string): Promise<void> {
  const source = readFileSync(join(ROOT, file), 'utf8')
  const hash = hashFor(file)
  const done = new Set(resultsOf(file).map(({ id }) => id))
  const left = mutantsOf(source).filter(({ id }) => !done.has(id))
  const bench = benchOf({ copy, file, tests: testsOf(file) })
  try {
    for (let i = 0; i < left.length; i += BATCH) {
      const batch = left.slice(i, i + BATCH)
      // The text as it stands comes last: then it is the mutants that are noticed, and not one another.
      const texts = [...batch.map((mutant) => mutated(source, mutant)), source]
      const came = await bench(texts)
      if (came.at(-1) !== 'passes') throw new Error(`the tests of ${file} fail as it stands: mend them first`)
      for (const [at, { id }] of batch.entries()) {
        record({ file, hash, id, killed: came[at] !== 'passes' })
        console.log(`${file} ${id}: ${came[at]}`)
      }
    }
  } finally {
    await bench.close()
  }
}

type Came = 'passes' | 'fails' | 'runs on'
type Bench = ((texts: readonly string[]) => Promise<readonly Came[]>) & { close(): Promise<void> }

/** Tests in a process of their own: one that a mutant makes run on for ever is killed, and the next starts another. */
function benchOf(tried: Omit<Tried, 'texts'>): Bench {
  let remote: Remote | undefined
  /** Undefined: they run on, or something went wrong that is none of them in particular. */
  async function tryAll(texts: readonly string[]): Promise<readonly Came[] | undefined> {
    remote ??= startRemote(new URL('mutation-main.ts', import.meta.url).pathname)
    const { child } = remote
    const over = Promise.withResolvers<readonly boolean[] | 'late' | undefined>()
    const timer = setTimeout(() => over.resolve('late'), START_MS + TIMEOUT_MS * texts.length)
    remote.ask<readonly boolean[] | undefined>('passing', { ...tried, texts }).then(over.resolve, over.reject)
    const passed = await over.promise.finally(() => clearTimeout(timer))
    if (passed !== 'late') return passed?.map((one) => (one ? 'passes' : 'fails'))
    child.kill('SIGKILL')
    remote = undefined
    return undefined
  }
  async function bench(texts: readonly string[]): Promise<readonly Came[]> {
    const came = await tryAll(texts)
    if (came) return came
    if (texts.length === 1) return ['runs on']
    const all: Came[] = []
    for (const text of texts) all.push(...(await bench([text])))
    return all
  }
  return Object.assign(bench, { close: async () => remote?.close() })
}

function record(result: Result): void {
  mkdirSync(join(RESULTS, '..'), { recursive: true })
  appendFileSync(RESULTS, `${JSON.stringify(result)}\n`)
}

/** What was found for the file as it stands, with its tests as they stand. */
function resultsOf(file: string): readonly Result[] {
  if (!existsSync(RESULTS)) return []
  const hash = hashFor(file)
  return readFileSync(RESULTS, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result)
    .filter((one) => one.file === file && one.hash === hash)
}

/** What is asked at the moment of the push, and what is reserved and counted there. */
const AT_THE_PUSH: ReadonlySet<string> = new Set([
  ...['gate', 'broken-cap', 'last-look', 'already-there', 'exposure', 'shared-caps', 'frozen'],
  ...['ledger-step', 'progress', 'reserve', 'push'],
])

/** Share of mutants that must be noticed: all of them in what is asked at the moment of the push. */
const wantedOf = (file: string): number => (AT_THE_PUSH.has(basename(file, '.ts')) ? 1 : 0.9)

/** @returns whether enough of its mutants were noticed */
function report(file: string): boolean {
  const results = resultsOf(file)
  const survivors = results.filter(({ killed }) => !killed)
  const score = results.length === 0 ? 1 : 1 - survivors.length / results.length
  console.log(
    `${file}: ${results.length - survivors.length} of ${results.length} noticed (${(100 * score).toFixed(1)} %)`,
  )
  for (const { id } of survivors) console.log(`  survived: ${id}`)
  return score >= wantedOf(file)
}
