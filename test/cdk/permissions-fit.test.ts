/**
 * Whether each role fits its stage: what a stage's modules ask of the loop, read from their source, against what the CDK
 * app permits. Too little would fail in AWS only, too much would never be noticed.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../cdk/esbuild-settings.ts'
import { PERMISSIONS } from '../../cdk/permissions.ts'
import { LAMBDAS, type LambdaName } from '../../functions/composition/lambdas.ts'

const CONTROL = join(ROOT, 'lib/control')

/** The text of a module of lib/control and of all that it imports from there. */
function sourceOf(file: string, seen = new Set<string>()): string {
  if (seen.has(file)) return ''
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  const imported = [...text.matchAll(/^(?:import|\}) (?!type).*from '(\.\/[\w-]+\.ts)'$/gm)]
  return text + imported.map(([, path = '']) => sourceOf(join(dirname(file), path), seen)).join('\n')
}

const stageOf = (name: LambdaName): string => name.replace('-google-ads', '')
const asks = (name: LambdaName, what: RegExp): boolean => what.test(sourceOf(join(CONTROL, `${stageOf(name)}.ts`)))

// The rates function runs no turn: it has no loop to ask anything of.
describe.each((Object.keys(LAMBDAS) as LambdaName[]).filter((name) => name !== 'rates'))('%s', (name) => {
  const { tables, sendsTo, secret, archives, appendsAudit, readsAudit } = PERMISSIONS[name]

  test('may write facts exactly if it does', () => {
    expect(tables.facts === 'write-batches').toBe(asks(name, /\bfacts\.(put|merge)/))
  })
  test('may store plans exactly if it does', () => {
    expect(tables.control === 'write-batches').toBe(asks(name, /\bplans\.put\(/))
  })
  test('may hold a write to what else must stand exactly if it counts in the ledgers', () => {
    expect(tables.control === 'write-money').toBe(asks(name, /\.\.\.withExposure\(/))
  })
  test('may append to the audit trail exactly if it commits', () => {
    expect(appendsAudit).toBe(asks(name, /\bmoney\.commit\(/))
  })
  test('may read the audit trail exactly if it compares it with the state', () => {
    expect(readsAudit === true).toBe(asks(name, /\bauditor\.check\(/))
  })
  test('may send messages exactly if it does', () => {
    // Dispatch sends from its handler.
    expect(sendsTo.length > 0).toBe(name === 'dispatch' || asks(name, /\bqueue\.send\(/))
  })
  test('may use archive and exchange rates exactly if it does', () => {
    expect(archives).toBe(asks(name, /\bloop\.(archive|rates)\./))
  })
  test('holds a credential that writes exactly if it writes to a platform', () => {
    expect(secret?.kind === 'write').toBe(
      asks(name, /(?<!function )\b(pushReserved|announceEvents|keepSchedules|keepStops)\(/),
    )
  })
  test('holds a credential exactly if it talks to a platform', () => {
    expect(secret !== undefined).toBe(asks(name, /\b(reader|writer)\b/))
  })
})

test('a platform is written to in these modules only, which the roles above are given for', () => {
  const modules = readdirSync(CONTROL).filter((file) => /\bwriter\b/.test(readFileSync(join(CONTROL, file), 'utf8')))
  // A kill is an operator's: no function is given it.
  expect(modules.toSorted()).toEqual([
    'announce.ts',
    'keep-stops.ts',
    'kill.ts',
    'push.ts',
    'schedule-back.ts',
    'schedule-place.ts',
  ])
})
