import { type Breach, importsOf, mask, resolve, type SourceTree } from './source-text.ts'

/** Files that something outside the sources starts: npm scripts, the platform, a person. */
export const ENTRY_POINTS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^test\/.*\.test\.ts$/, 'the test runner'],
  [/^(?:vitest|playwright)\.config\.ts$/, 'the test runner'],
  [/^cli\/main\.ts$/, 'npm start, npm run sluice'],
  [/^cdk\/app\.ts$/, 'cdk.json'],
  [/^scripts\/[\w-]+\.(?:ts|mjs)$/, 'npm scripts'],
  [/^test\/(?:bench|prove|sim)\/main\.ts$/, 'npm run bench, npm run prove, npm run sim'],
  [/^playground\/market\/write-schema\.ts$/, 'a person who changed the scenario format; a test compares its output'],
]

/** A Lambda entry point: the bundler starts from the file that makes a handler. */
const isLambda = (file: string, text: string): boolean =>
  /^functions\/[\w-]+\.ts$/.test(file) && /^export const handler\b/m.test(text)

/** Files that no entry point and no test reaches, by import or by a path written as text. */
export function deadFiles(
  tree: SourceTree,
  entryPoints: readonly (readonly [RegExp, string])[] = ENTRY_POINTS,
): readonly Breach[] {
  const reached = new Set<string>()
  const next = [...tree].flatMap(([file, text]) =>
    entryPoints.some(([pattern]) => pattern.test(file)) || isLambda(file, text) ? [file] : [],
  )
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    next.push(...mentions(file, tree).filter((one) => tree.has(one)))
  }
  return [...tree.keys()].filter((file) => !reached.has(file)).map((file) => `${file}: nothing uses it`)
}

/** Files that a file imports, or names in text beside `import.meta.url` or from the root. */
function mentions(file: string, tree: SourceTree): readonly string[] {
  const text = tree.get(file) ?? ''
  const imported = importsOf(text).flatMap((specifier) => resolve(file, specifier) ?? [])
  const { noComments } = mask(text)
  const named = [...noComments.matchAll(/['"`]([\w./-]+\.(?:ts|mjs))['"`]/g)].flatMap(({ 1: path = '' }) => [
    path,
    resolve(file, path.startsWith('.') ? path : `./${path}`) ?? path,
  ])
  return [...imported, ...named]
}
