/**
 * Quick look at controllers on some seeds: `node test/bench/control/try.ts --families base,s-shaped --seeds 4
 * --seed-from 100 [--controllers sluice,hold] [--days N] [--markets PATH]`. Mean regret in per cent ± its standard error.
 */
import { parseArgs } from 'node:util'
import { table } from '../table.ts'
import { BASELINES } from './baselines/all.ts'
import { familyFrom, loadFamilies } from './family.ts'
import { type Drive, driveController, type RunFigures, runMarket } from './run.ts'
import { driveSluice } from './sluice.ts'

const { values } = parseArgs({
  options: {
    families: { type: 'string' },
    controllers: { type: 'string', default: 'sluice' },
    seeds: { type: 'string', default: '4' },
    'seed-from': { type: 'string', default: '100' },
    days: { type: 'string' },
    markets: { type: 'string' },
    each: { type: 'boolean', default: false },
    set: { type: 'string', multiple: true, default: [] },
  },
})

const drives = new Map<string, Drive>([
  ['sluice', driveSluice],
  ...BASELINES.map((kind): [string, Drive] => [kind.name, driveController(kind)]),
])

const statistics = (all: readonly number[]) => {
  const mean = all.reduce((a, b) => a + b, 0) / all.length
  const variance = all.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, all.length - 1)
  return { mean, se: Math.sqrt(variance / all.length) }
}

const percent = (all: readonly number[]): string => {
  const { mean, se } = statistics(all)
  return `${(100 * mean).toFixed(2)} ±${(100 * se).toFixed(2)}`
}

/** `--set demand.driftSd=0.2` overrides a field of every family, for calibration. */
function overridden(family: object): object {
  const copy = structuredClone(family) as Record<string, unknown>
  for (const one of values.set) {
    const [path = '', value = ''] = one.split('=')
    const keys = path.split('.')
    const last = keys.pop()!
    let at = copy
    for (const key of keys) {
      at[key] ??= {}
      at = at[key] as Record<string, unknown>
    }
    at[last] = JSON.parse(value)
  }
  return copy
}

const wanted = values.families?.split(',')
const names = values.controllers === 'all' ? [...drives.keys()] : values.controllers.split(',')
const rows: string[][] = []
for (const raw of loadFamilies(values.markets).filter(({ name }) => !wanted || wanted.includes(name))) {
  const family = familyFrom(
    { ...overridden(raw), ...(values.days ? { controlDays: Number(values.days) } : {}) },
    raw.name,
  )
  for (const name of names) {
    const drive = drives.get(name)
    if (!drive) throw new Error(`there is no controller "${name}": there are ${[...drives.keys()].join(', ')}`)
    const runs: RunFigures[] = []
    for (let k = 0; k < Number(values.seeds); k++) {
      const run = await runMarket(family, Number(values['seed-from']) + k, name, drive)
      if (values.each) console.log(JSON.stringify(run))
      runs.push(run)
    }
    const row = [
      `${family.name} ${name}`,
      percent(runs.map(({ regret }) => regret)),
      percent(runs.map(({ regretAfter28 }) => regretAfter28)),
      percent(runs.map(({ spendError }) => spendError)),
      statistics(runs.map((run) => run.editsPerLeverPerWeek)).mean.toFixed(2),
      percent(runs.map(({ worstDay }) => worstDay)),
      runs[0]?.coverage80 === undefined ? '' : percent(runs.map((run) => run.coverage80!)),
      statistics(runs.map(({ seconds }) => seconds)).mean.toFixed(2),
    ]
    rows.push(row)
  }
}
console.log(
  table(['family controller', 'regret %', 'after 28', 'spend error', 'edits', 'worst day', 'coverage', 's/run'], rows),
)
