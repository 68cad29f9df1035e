import { type Breach, importsOf, packageOf, resolve, type SourceTree } from './source-text.ts'

interface Layer {
  /** Folders that it may import from beside its own. */
  readonly ours: readonly string[]
  /** Packages and modules of Node; undefined: any. */
  readonly packages?: readonly string[]
}

/**
 * Who may import whom. A folder that is not here may not exist under `lib`; a layer's own files may import each other,
 * and an adapter in `lib/platforms` is a layer of its own, so that it never sees a sibling.
 */
const LAYERS: Readonly<Record<string, Layer>> = {
  'lib/units': { ours: [], packages: ['temporal-polyfill'] },
  'lib/stats': { ours: [], packages: [] },
  'lib/model': { ours: ['lib/units'], packages: ['zod', 'yaml', 'node:crypto'] },
  'lib/ports': { ours: ['lib/model', 'lib/units'], packages: [] },
  'lib/measure': { ours: ['lib/model', 'lib/stats', 'lib/units'], packages: [] },
  'lib/decide': { ours: ['lib/measure', 'lib/model', 'lib/stats', 'lib/units'], packages: [] },
  'lib/imports': { ours: ['lib/model', 'lib/units'], packages: [] },
  'lib/control': {
    ours: ['lib/decide', 'lib/measure', 'lib/ports', 'lib/model', 'lib/units'],
    packages: ['node:crypto'],
  },
  'lib/wire': { ours: ['lib/ports', 'lib/model', 'lib/units'] },
  'lib/platforms/*': { ours: ['lib/wire', 'lib/ports', 'lib/model', 'lib/units'] },
  'lib/store': { ours: ['lib/ports', 'lib/model', 'lib/units'] },
  functions: { ours: ['lib'] },
  cdk: { ours: ['functions', 'lib/store'] },
  dashboard: { ours: ['lib/model', 'lib/units'] },
  playground: { ours: ['lib/units', 'lib/model'] },
  cli: { ours: ['lib', 'functions', 'playground', 'dashboard', 'cdk'] },
}

/** Imports outside the table, each with the reason for it. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'playground/dynamodb/create-tables.ts -> lib/store/tables.ts':
    'the embedded engine creates the same tables as the deployment, from one definition',
}

const IMPORTED_BY_NOBODY = ['test', 'scripts', 'cdk.out', 'node_modules']

const within = (file: string, folder: string): boolean => file.startsWith(`${folder}/`)

/** The layer of a file: its key in the table and its folder. */
function layerOf(file: string): { readonly folder: string; readonly layer: Layer } | undefined {
  for (const [key, layer] of Object.entries(LAYERS)) {
    const folder = key.endsWith('/*') ? file.split('/').slice(0, key.split('/').length).join('/') : key
    const parent = key.replace(/\/\*$/, '')
    if (within(file, parent) && within(file, folder)) return { folder, layer }
  }
  return undefined
}

/** Imports that the table does not allow, and exceptions that nobody needs any more. */
export function importBreaches(tree: SourceTree, exceptions: Readonly<Record<string, string>> = {}): readonly Breach[] {
  const breaches: Breach[] = []
  const used = new Set<string>()
  for (const [file, text] of tree) {
    if (IMPORTED_BY_NOBODY.some((folder) => within(file, folder)) || !file.includes('/')) continue
    const own = layerOf(file)
    if (!own) {
      breaches.push(`${file}: its folder is not in the import table`)
      continue
    }
    for (const specifier of importsOf(text)) {
      const wrong = breachOf(file, specifier, own)
      if (wrong === undefined) continue
      const pair = `${file} -> ${resolve(file, specifier) ?? specifier}`
      if (pair in exceptions) used.add(pair)
      else breaches.push(wrong)
    }
  }
  for (const pair of Object.keys(exceptions))
    if (!used.has(pair)) breaches.push(`the exception "${pair}" is needed by nobody`)
  return breaches
}

function breachOf(
  file: string,
  specifier: string,
  { folder, layer }: { readonly folder: string; readonly layer: Layer },
): Breach | undefined {
  const target = resolve(file, specifier)
  if (target === undefined) {
    const name = packageOf(specifier)
    return layer.packages === undefined || layer.packages.includes(name)
      ? undefined
      : `${file}: ${folder} may not import ${specifier}`
  }
  if (within(target, folder) || layer.ours.some((one) => within(target, one))) return undefined
  return `${file}: ${folder} may not import ${target}`
}
