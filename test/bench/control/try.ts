/**
 * Quick look at controllers on some seeds: `node test/bench/control/try.ts --families base,s-shaped --seeds 4
 * --seed-from 100 [--controllers sluice,hold|all] [--days N] [--markets PATH] [--each] [--set demand.driftSd=0.2]`. Mean
 * regret in per cent ± its standard error; `--set` overrides a field of every family.
 */
import { parseArgs } from 'node:util'
import { table } from '../table.ts'
import { CONTESTANTS, contestant } from './controllers.ts'
import { familyFrom, loadFamilies } from './family.ts'
import { type RunFigures, runMarket } from './run.ts'
import { meanOf, percent } from './statistics.ts'

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

function overridden(family: object): object {
  const copy = structuredClone(family) as Record<string, unknown>
  if (values.days !== undefined) copy.controlDays = Number(values.days)
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

function rowOf(name: string, runs: readonly RunFigures[]): string[] {
  const mean = (of: (run: RunFigures) => number | undefined) =>
    meanOf(runs.flatMap((run) => of(run) ?? []).concat(runs.every((run) => of(run) === undefined) ? [Number.NaN] : []))
  return [
    name,
    percent(mean(({ regret }) => regret)),
    percent(mean(({ regretAfter28 }) => regretAfter28)),
    percent(mean(({ spendError }) => spendError)),
    mean((run) => run.editsPerLeverPerWeek).mean.toFixed(2),
    percent(mean(({ worstDay }) => worstDay)),
    (100 * mean((run) => run.coverage80).mean).toFixed(1),
    (100 * mean((run) => run.cpaError).mean).toFixed(1),
    mean(({ seconds }) => seconds).mean.toFixed(2),
  ]
}

const wanted = values.families?.split(',')
const names = values.controllers === 'all' ? CONTESTANTS.map(({ name }) => name) : values.controllers.split(',')
const rows: string[][] = []
for (const raw of loadFamilies(values.markets).filter(({ name }) => !wanted || wanted.includes(name))) {
  const family = familyFrom(overridden(raw), raw.name)
  for (const name of names) {
    const runs: RunFigures[] = []
    for (let k = 0; k < Number(values.seeds); k++) {
      const run = await runMarket(family, Number(values['seed-from']) + k, name, contestant(name).drive)
      if (values.each) console.log(JSON.stringify(run))
      runs.push(run)
    }
    rows.push(rowOf(`${family.name} ${name}`, runs))
  }
}
const heads = [
  'family controller',
  'regret %',
  'after 28',
  'spend error',
  'edits',
  'worst day',
  'cover',
  'CPA',
  's/run',
]
console.log(table(heads, rows))
