/** `npm run bench [-- name…] [--json]`: figures that are printed, and never asserted in tests. */
import { measureAllocate, printAllocate } from './allocate.ts'
import { bill, printBill } from './bill.ts'
import { measureBundles, run as printBundles } from './bundles.ts'
import { type ConsumptionFigures, printConsumption, smallDemo, thousandCampaigns } from './consumption.ts'
import { measureDemo, printDemo } from './demo.ts'
import { type GuardDay, measureGuardTurns, withGuard } from './guard-turns.ts'
import { type Kept, keep, readResult } from './results.ts'
import { measureTurns, printTurns } from './turn.ts'
import { MISUSED, understood } from './usage.ts'

interface Benchmark {
  readonly what: string
  /** Prints unless asked for JSON; returns what `--json` shows. */
  run(json: boolean, sizes: readonly number[]): Promise<unknown>
}

const KEPT_CONSUMPTION = 'bench-dynamodb'
const KEPT_GUARD = 'bench-guard'

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  bundles: {
    what: 'size and cold import of every Lambda bundle (a minute)',
    run: (json) => (json ? measureBundles() : printBundles()),
  },
  turn: {
    what: 'one turn of 1,000 and of 10,000 campaigns on one core; other sizes as numbers behind it (ten minutes)',
    async run(json, sizes) {
      const figures =
        sizes.length > 0
          ? await measureTurns(sizes)
          : (await keep('bench-turn', () => measureTurns([1_000, 10_000]))).figures
      if (!json) printTurns(figures)
      return figures
    },
  },
  allocate: {
    what: 'the allocator on problems with certified optima, and on up to a million levers (a minute)',
    async run(json) {
      const { figures } = await keep('bench-allocate', measureAllocate)
      if (!json) printAllocate(figures)
      return figures
    },
  },
  google: {
    what: 'google-ads-api beside our own adapter: the figures of decision record 0004 (two minutes; prints only)',
    run: async () => (await import('./google-transport.ts')).run(),
  },
  dynamodb: {
    what: 'DynamoDB units per campaign and day, and the monthly bill that follows (ten minutes)',
    async run(json) {
      const { figures } = await measureConsumption()
      if (!json) for (const one of figures) printConsumption(one)
      if (!json) printBill(thousand(figures))
      return { consumption: figures, bill: bill(thousand(figures)) }
    },
  },
  guard: {
    what: 'what a day of guard turns takes with 1,000 campaigns, from two hours of them (two minutes)',
    async run(json) {
      const { figures } = await keep(KEPT_GUARD, measureGuardTurns)
      if (!json) console.log(JSON.stringify(figures, null, 1))
      return figures
    },
  },
  cost: {
    what: 'the monthly bill, from the last figures measured (or measures them)',
    async run(json) {
      const kept = readResult<Kept<readonly ConsumptionFigures[]>>(KEPT_CONSUMPTION) ?? (await measureConsumption())
      const guard = readResult<Kept<GuardDay>>(KEPT_GUARD) ?? (await keep(KEPT_GUARD, measureGuardTurns))
      const figures = withGuard(thousand(kept.figures), guard.figures)
      if (!json) {
        console.log(
          `From consumption measured on ${kept.measuredOn} at commit ${kept.commit.slice(0, 12)}${kept.dirty ? ' with uncommitted changes' : ''}; guard turns, where that was before there were any, on ${guard.measuredOn} at ${guard.commit.slice(0, 12)}.`,
        )
        printBill(figures)
      }
      return { measuredOn: kept.measuredOn, commit: kept.commit, dirty: kept.dirty, bill: bill(figures) }
    },
  },
  multipliers: {
    what: 'bid multipliers against knowing the truth, at four numbers of clicks; seeds as a number behind it (two minutes)',
    async run(json, [seeds]) {
      const { measureMultipliers, printMultipliers } = await import('./multipliers.ts')
      const figures =
        seeds === undefined
          ? (await keep('bench-multipliers', async () => measureMultipliers())).figures
          : measureMultipliers(seeds)
      if (!json) printMultipliers(figures)
      return figures
    },
  },
  pull: {
    what: 'requests of a first pull of 10,000 campaigns over five accounts against each platform’s quota; campaigns an account as a number behind it (minutes)',
    async run(json, [campaigns]) {
      const { measurePulls, printPulls } = await import('./pull.ts')
      const figures =
        campaigns === undefined
          ? (await keep('bench-pull', () => measurePulls())).figures
          : await measurePulls(campaigns)
      if (!json) printPulls(figures)
      return figures
    },
  },
  demo: {
    what: 'wall and processor time of the default run of npm start, three times (three minutes)',
    async run(json) {
      const { figures } = await keep('bench-demo', measureDemo)
      if (!json) printDemo(figures)
      return figures
    },
  },
}

const CONTROL_WHAT =
  'regret of Sluice and of what teams use instead, in markets whose truth is known (minutes); --families, --seeds, --markets, …'

const measureConsumption = (): Promise<Kept<readonly ConsumptionFigures[]>> =>
  keep(KEPT_CONSUMPTION, async () => [await smallDemo(), await thousandCampaigns()])

const thousand = (figures: readonly ConsumptionFigures[]): ConsumptionFigures => figures.at(-1)!

async function main(args: readonly string[]): Promise<number> {
  // It has options of its own, and prints a line per scenario and controller with --json.
  if (args[0] === 'control') {
    const { optionsOf, runControl, USAGE } = await import('./control/command.ts')
    if (!understood(() => optionsOf(args.slice(1)), USAGE)) return MISUSED
    await runControl(args.slice(1))
    return 0
  }
  const json = args.includes('--json')
  const sizes = args.filter((arg) => /^\d+$/.test(arg)).map(Number)
  const names = args.filter((arg) => arg !== '--json' && !/^\d+$/.test(arg))
  const unknown = names.find((name) => !Object.hasOwn(BENCHMARKS, name))
  if (names.length === 0 || unknown !== undefined) {
    if (unknown !== undefined)
      console.error(`there is no ${unknown.startsWith('-') ? `option ${unknown}` : `benchmark "${unknown}"`}`)
    console.error('npm run bench -- NAME… [--json]\n')
    for (const [name, { what }] of Object.entries(BENCHMARKS)) console.error(`  ${name.padEnd(11)} ${what}`)
    console.error(`  ${'control'.padEnd(11)} ${CONTROL_WHAT}`)
    return unknown === undefined ? 0 : MISUSED
  }
  const results: Record<string, unknown> = {}
  for (const name of names) results[name] = await BENCHMARKS[name]!.run(json, sizes)
  if (json) console.log(JSON.stringify(results, null, 1))
  return 0
}

process.exitCode = await main(process.argv.slice(2))
