import { type Breach, lineOf, mask, type SourceTree } from './source-text.ts'

/** Whatever makes an answer depend on more than the arguments. */
const CLOCK =
  /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )(?<![.\w])Date\(|\bTemporal\.Now\b|\bperformance\.\w+|\bhrtime\b/g
const DICE = /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\brandomBytes\b|\brandomInt\b/g
const SURROUNDINGS =
  /(?<![.\w])process\b(?!\s*:)|\bglobalThis\b|(?<![.\w])fetch\s*\(|\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bimport\.meta\b|(?<![.\w])require\s*\(|\btoLocale\w+|\bresolvedOptions\b|(?<![.\w])console\b|\basync\b|\bawait\b/g

const PURE = ['lib/units/', 'lib/stats/', 'lib/model/', 'lib/measure/', 'lib/decide/']

function found(file: string, text: string, patterns: readonly RegExp[]): readonly { at: string; what: string }[] {
  const { code } = mask(text)
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(({ 0: what, index }) => ({ at: `${file}:${lineOf(text, index)}`, what })),
  )
}

/** Clock, dice, environment, network and waiting in the pure folders. */
export const purityBreaches = (tree: SourceTree): readonly Breach[] =>
  [...tree]
    .filter(([file]) => PURE.some((folder) => file.startsWith(folder)))
    .flatMap(([file, text]) => found(file, text, [CLOCK, DICE, SURROUNDINGS]))
    .map(({ at, what }) => `${at}: a pure folder may not use ${what}`)

/** The only places that read the system's clock, each with its reason. */
export const SYSTEM_CLOCKS: Readonly<Record<string, string>> = {
  'functions/composition/clock.ts': 'the clock that everything in a Lambda is handed',
  'playground/dynamodb/engine.ts': 'the default of the embedded engine, which stands in for a service that has its own',
  'playground/platforms/meta/reports.ts':
    'an asynchronous report is done after real milliseconds: the virtual clock stands still while a client polls',
}

/** Clocks and unseeded dice anywhere in the product that are not in the list, and entries of it that are idle. */
export function clockBreaches(
  tree: SourceTree,
  allowed: Readonly<Record<string, string>> = SYSTEM_CLOCKS,
): readonly Breach[] {
  const breaches: Breach[] = []
  for (const [file, text] of tree) {
    if (/^(?:test|scripts)\//.test(file)) continue
    const uses = found(file, text, [CLOCK, /\bMath\.random\b/g])
    if (!(file in allowed))
      breaches.push(...uses.map(({ at, what }) => `${at}: ${what} outside the composition's clock`))
    else if (uses.length === 0) breaches.push(`${file}: listed as a system clock, and is none`)
  }
  for (const file of Object.keys(allowed)) if (!tree.has(file)) breaches.push(`${file}: listed, and not there`)
  return breaches
}
