import { INVARIANTS } from './invariants.ts'
import { type Finding, type RunResult, run } from './run.ts'
import { type Tally, totalOf } from './tally.ts'

const say = (line: string): unknown => process.stdout.write(`${line}\n`)

export interface Asked {
  readonly seed: number
  readonly cycles: number
  readonly world?: number
  readonly mutant?: { readonly name: string }
}

/** Runs, and prints what was done and found. @returns the exit code: 1 where an invariant was broken */
export async function simulate({ seed, cycles, world, mutant }: Asked): Promise<number> {
  const before = process.cpuUsage()
  const startedAt = process.hrtime.bigint()
  const result = await run(
    world === undefined ? { seed, cycles } : { seed, cycles: 1, from: world, log: (line) => void say(line) },
  )
  const { user, system } = process.cpuUsage(before)
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  print(result, { seconds, cpuSeconds: (user + system) / 1e6 })
  for (const one of result.findings) printFinding(one, mutant?.name)
  return result.findings.length > 0 ? 1 : 0
}

function print({ tally, findings }: RunResult, time: { seconds: number; cpuSeconds: number }): void {
  const cycles = totalOf(tally.cycles)
  say(tallyText(tally))
  const rate = (seconds: number): string => Math.round(cycles / Math.max(seconds, 1e-9)).toLocaleString('en')
  say(`speed       ${rate(time.seconds)} cycles/s, ${rate(time.cpuSeconds)} per second of processor time`)
  say(`violations  ${findings.length}`)
}

const plain = (count: number): string => count.toLocaleString('en')

export function tallyText(tally: Tally): string {
  const of = (counts: Readonly<Record<string, number>>): readonly string[] =>
    Object.entries(counts)
      .filter(([, times]) => times > 0)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, times]) => `  ${plain(times).padStart(12)}  ${name}`)
  return [
    'invariants, looked at after every effect that could break one',
    ...Object.entries(INVARIANTS).map(([name, sentence]) => `  ${name.padEnd(18)} ${sentence}`),
    `cycles      ${plain(totalOf(tally.cycles))} in ${plain(tally.worlds)} worlds`,
    ...of(tally.cycles),
    ...reachText(tally),
    `effects     ${plain(tally.effects)} of ${plain(tally.invocations)} invocations, ${plain(tally.overlapped)} of them overlapping`,
    `changes     ${plain(tally.sent)} sent, ${plain(tally.tookEffect)} took effect`,
    `guard       ${plain(totalOf(tally.guard ?? {}))}`,
    ...of(tally.guard ?? {}),
    `looks       ${plain(tally.checks)}`,
    `faults      ${plain(totalOf(tally.faults))}`,
    ...of(tally.faults),
  ].join('\n')
}

/** How many cycles came to something; of all of them, or of those that were lived since it is counted. */
function reachText({ cycles, reach }: Tally): readonly string[] {
  if (!reach || reach.cycles === 0) return []
  const share = (some: number): string => `${plain(some)} (${((100 * some) / reach.cycles).toFixed(1)} %)`
  const of = reach.cycles === totalOf(cycles) ? '' : `of ${plain(reach.cycles)} `
  return [`  ${of}${share(reach.reserved)} reserved something, ${share(reach.sent)} sent it`]
}

function printFinding({ invariant, event, detail, seed, world }: Finding, mutant: string | undefined): void {
  say(`\nbroken: ${invariant} (${INVARIANTS[invariant]})`)
  say(`  after effect ${event} of world ${world} of seed ${seed}: ${detail}`)
  say(`  again: npm run sim -- --seed ${seed} --world ${world}${mutant ? ` --mutant ${mutant}` : ''}`)
}
