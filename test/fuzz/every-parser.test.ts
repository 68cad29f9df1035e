/** That no parser of a platform's answers goes unfed: whatever reads one is reached from what the platform's targets call. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const PLATFORMS = join(import.meta.dirname, '../../lib/platforms')
const FUZZ = import.meta.dirname

/** The files that a file takes values from; types alone read nothing. */
function importsOf(file: string): readonly string[] {
  const found = readFileSync(file, 'utf8').matchAll(/^import (?!type )(.*?) ?from '(\.[^']+)'/gms)
  return [...found].flatMap(([, names = '', path = '']) => {
    const isOnlyTypes =
      /^\{[^}]*\}$/s.test(names) &&
      names
        .slice(1, -1)
        .split(',')
        .every((name) => /^\s*(type .*)?$/s.test(name))
    return isOnlyTypes ? [] : [join(dirname(file), path)]
  })
}

/** From the targets, but not by way of the whole platform, which imports every reader and feeds none. */
function reachedBy(starts: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>()
  const visit = (file: string): void => {
    if (reached.has(file) || !file.startsWith(PLATFORMS) || file.endsWith('/platform.ts') || !existsSync(file)) return
    reached.add(file)
    for (const next of importsOf(file)) visit(next)
  }
  for (const start of starts) for (const next of importsOf(start)) visit(next)
  return reached
}

/** A schema, or a parser of JSON. */
const READS = /\bz\.\w+\(|\bsafeParse\(|\breadAs\(|\bparseExactJson\(|\bJSON\.parse\(|from 'lossless-json'/

describe.each(readdirSync(PLATFORMS))('the parsers of %s', (platform) => {
  const starts = readdirSync(FUZZ).filter((name) => name.startsWith(platform) || name === 'texts.ts')
  const reached = reachedBy(starts.map((name) => join(FUZZ, name)))
  const readers = readdirSync(join(PLATFORMS, platform))
    .map((name) => join(PLATFORMS, platform, name))
    .filter((file) => READS.test(readFileSync(file, 'utf8')))

  test('are there', () => {
    expect(readers.length).toBeGreaterThan(4)
  })
  test('are reached by what is fed', () => {
    expect(readers.filter((file) => !reached.has(file)).map((file) => file.slice(PLATFORMS.length))).toEqual([])
  })
})
