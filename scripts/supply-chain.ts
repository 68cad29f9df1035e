/** What a lock file must be before anything in it is installed. Reads; never asks a registry. */

export interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly license?: string
  readonly link?: boolean
  readonly inBundle?: boolean
  readonly optional?: boolean
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly hasInstallScript?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  /** Of the project itself. */
  readonly devDependencies?: Readonly<Record<string, string>>
}

export interface LockFile {
  readonly name: string
  readonly version: string
  readonly lockfileVersion: number
  readonly packages: Readonly<Record<string, LockedPackage>>
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Every installed package, without the project itself. */
export const locked = ({ packages }: LockFile): readonly (readonly [path: string, entry: LockedPackage])[] =>
  Object.entries(packages).filter(([path]) => path !== '')

/** As Node looks for it: in the package's own folder of packages, then in those around it. */
function found({ packages }: LockFile, from: string, name: string): string | undefined {
  const folders = [...from.matchAll(/\/node_modules\//g)].map(({ index }) => from.slice(0, index))
  const places = from === '' ? [''] : [from, ...folders.toReversed(), '']
  return places.map((at) => `${at}${at === '' ? '' : '/'}node_modules/${name}`).find((path) => packages[path])
}

/** Where what a package needs lies in the tree, as far as it is locked. @param path '' for the project itself */
export function neededBy(lock: LockFile, path: string): readonly string[] {
  const { dependencies, optionalDependencies, devDependencies, peerDependencies } = lock.packages[path] ?? {}
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies, ...peerDependencies })
  return names.flatMap((name) => found(lock, path, name) ?? [])
}

/** Packages for other machines than the lock was made on carry no hash; each is optional, and named here with why. */
const NO_HASH: readonly { readonly name: RegExp; readonly why: string }[] = [
  { name: /^@biomejs\/cli-[a-z0-9-]+$/, why: 'formats and lints on other machines; never deployed' },
  { name: /^node-(?:darwin|linux|win)-(?:arm64|x64)$/, why: 'the pinned Node of other machines; never deployed' },
]
/** Scripts that packages would run when installed; .npmrc refuses to run any. */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  'classic-level': 'builds a native database where no prebuilt one fits; only the embedded engine of tests uses it',
  esbuild: 'replaces its launcher by the native program; works without',
  protobufjs: 'prints a hint on versions',
}
const LICENCES = new Set([
  'Apache-2.0',
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
])
/** Others, by package, each with why it may be there. */
const OTHER_LICENCES: Readonly<Record<string, { readonly license: string | undefined; readonly why: string }>> = {
  case: { license: '(MIT OR GPL-3.0-or-later)', why: 'taken under MIT' },
  'email-validator': { license: undefined, why: 'Unlicense, told by its files only; a development tool' },
  'facebook-nodejs-business-sdk': { license: 'Platform License', why: "Meta's own client; tests only, not deployed" },
  nub: { license: 'MIT/X11', why: 'MIT by its older name' },
}
/** MPL-2.0 asks for the sources of changed files, of which there are none; allowed for tools, not for what is deployed. */
const MPL_TOOLS = /^lightningcss(?:-[a-z0-9-]+)?$/

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/

export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** What is wrong with the lock, one line each with the package and the remedy; none where it may be installed. */
export function supplyChainFaults(lock: LockFile, manifest: Manifest): readonly string[] {
  const entries = locked(lock)
  const form =
    lock.lockfileVersion === 3 ? [] : [`lockfileVersion ${lock.lockfileVersion}: write it with npm 7 or later`]
  return [
    ...form,
    ...entries.flatMap(([path, entry]) => entryFaults(path, entry)),
    ...strays(lock).map((path) => `${path}: nothing needs it: remove it from the lock`),
    ...rootFaults(lock, manifest),
  ]
}

/** Packages that would be installed though no chain of wishes leads to them from the project. */
function strays(lock: LockFile): readonly string[] {
  const reached = new Set([''])
  // Grows while it is walked.
  for (const path of reached) for (const next of neededBy(lock, path)) reached.add(next)
  // Folders and links are refused for what they are.
  const inTree = locked(lock).filter(([path]) => path.startsWith('node_modules/'))
  return inTree.flatMap(([path]) => (reached.has(path) ? [] : [path]))
}

function entryFaults(path: string, entry: LockedPackage): readonly string[] {
  const name = nameOf(path)
  const faults: string[] = []
  const { version = '', resolved, integrity, link, hasInstallScript } = entry
  if (!path.startsWith('node_modules/') || link) faults.push('is a folder or a link: publish it, or take it in')
  if (!EXACT.test(version)) faults.push(`version "${version}" is not exact: install an exact one`)
  if (resolved !== undefined) faults.push(`names where it came from (${resolved}): remove "resolved"`)
  if (integrity === undefined ? !mayLackHash(name, entry) : !SHA512.test(integrity))
    faults.push('has no sha512 hash: install it anew, or name it with the reason in scripts/supply-chain.ts')
  if (hasInstallScript && !Object.hasOwn(INSTALL_SCRIPTS, name))
    faults.push('runs a script when it is installed: do without it, or name it with the reason')
  if (!licensed(name, entry)) faults.push(`licence ${entry.license ?? 'unknown'} is not among those allowed`)
  return faults.map((fault) => `${path}: ${fault}`)
}

/** What is bundled is covered by the hash of what it is bundled in. */
const mayLackHash = (name: string, { inBundle, optional }: LockedPackage): boolean =>
  inBundle === true || (optional === true && NO_HASH.some((one) => one.name.test(name)))

function licensed(name: string, { license, dev, devOptional }: LockedPackage): boolean {
  const other = Object.hasOwn(OTHER_LICENCES, name) ? OTHER_LICENCES[name] : undefined
  if (other) return other.license === license
  if (license === 'MPL-2.0') return (dev === true || devOptional === true) && MPL_TOOLS.test(name)
  return (license ?? '').split(' OR ').some((one) => LICENCES.has(one))
}

/** The project's own wishes must be what the lock was made from, and exact. */
function rootFaults({ packages }: LockFile, manifest: Manifest): readonly string[] {
  const root = (packages[''] ?? {}) as Manifest
  return (['dependencies', 'devDependencies', 'optionalDependencies'] as const).flatMap((kind) => {
    const [wanted, known] = [manifest[kind] ?? {}, root[kind] ?? {}]
    const names = [...new Set([...Object.keys(wanted), ...Object.keys(known)])]
    return names.flatMap((name) => {
      if (wanted[name] !== known[name]) return [`${name}: package.json and the lock differ: run npm install`]
      if (!EXACT.test(wanted[name] ?? '')) return [`${name}: ${wanted[name]} is not exact`]
      const version = packages[`node_modules/${name}`]?.version
      return version === wanted[name] ? [] : [`${name}: ${wanted[name]} is wanted, ${version ?? 'nothing'} is locked`]
    })
  })
}

/** Names in the lists above that no longer stand in the lock: an exception must not outlive its reason. */
export function idleExceptions(lock: LockFile): readonly string[] {
  const names = new Set(locked(lock).map(([path]) => nameOf(path)))
  const scripted = new Set(locked(lock).flatMap(([path, one]) => (one.hasInstallScript ? [nameOf(path)] : [])))
  return [
    ...Object.keys(INSTALL_SCRIPTS).filter((name) => !scripted.has(name)),
    ...Object.keys(OTHER_LICENCES).filter((name) => !names.has(name)),
  ]
}
