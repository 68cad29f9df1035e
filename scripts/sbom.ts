/**
 * `npm run sbom`: the software bill of materials on stdout, CycloneDX 1.6 in JSON, from the lock file alone. Without time
 * and serial number, so that the same lock always gives the same text.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type LockedPackage, type LockFile, locked, nameOf, neededBy } from './supply-chain.ts'

interface Component {
  readonly type: 'library' | 'application'
  readonly 'bom-ref': string
  readonly name: string
  readonly group?: string
  readonly version: string
  readonly purl: string
  readonly scope?: 'required' | 'optional' | 'excluded'
  readonly hashes?: readonly { readonly alg: 'SHA-512'; readonly content: string }[]
  readonly licenses?: readonly ({ readonly expression: string } | { readonly license: { readonly name: string } })[]
}

export interface Sbom {
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: '1.6'
  readonly version: 1
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/** Package URL: https://github.com/package-url/purl-spec, type npm. */
const purlOf = (name: string, version: string): string =>
  `pkg:npm/${name.replace(/^@/, '%40')}@${encodeURIComponent(version)}`

/** Where it lies in the tree is part of the reference: one version may be there several times. */
const refOf = (path: string, { version = '' }: LockedPackage): string => `${path}@${version}`

function componentOf([path, entry]: readonly [string, LockedPackage]): Component {
  const [group, name] = splitName(nameOf(path))
  const { version = '', integrity, license } = entry
  return {
    type: 'library',
    'bom-ref': refOf(path, entry),
    ...(group === undefined ? {} : { group }),
    name,
    version,
    scope: entry.dev || entry.devOptional ? 'excluded' : entry.optional ? 'optional' : 'required',
    ...(license === undefined ? {} : { licenses: [licenceOf(license)] }),
    ...(integrity === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: hexOf(integrity) }] }),
    purl: purlOf(nameOf(path), version),
  }
}

function splitName(full: string): readonly [group: string | undefined, name: string] {
  const slash = full.indexOf('/')
  return slash < 0 ? [undefined, full] : [full.slice(0, slash), full.slice(slash + 1)]
}

/** An SPDX expression where it reads like one, a name otherwise. */
const licenceOf = (text: string) =>
  /^\(?[A-Za-z0-9.+-]+(?: (?:OR|AND) [A-Za-z0-9.+-]+)*\)?$/.test(text)
    ? { expression: text }
    : { license: { name: text } }

const hexOf = (integrity: string): string => Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex')

export function sbomOf(lock: LockFile): Sbom {
  const root = lock.packages[''] ?? {}
  const rootRef = `${lock.name}@${lock.version}`
  const refs = (path: string): readonly string[] =>
    neededBy(lock, path)
      .map((one) => refOf(one, lock.packages[one] ?? {}))
      .toSorted()
  const entries = locked(lock).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': rootRef,
        name: lock.name,
        version: lock.version,
        purl: purlOf(lock.name, lock.version),
        licenses: [licenceOf(root.license ?? 'Apache-2.0')],
      },
    },
    components: entries.map(componentOf),
    dependencies: [
      { ref: rootRef, dependsOn: refs('') },
      ...entries.map(([path, entry]) => ({ ref: refOf(path, entry), dependsOn: refs(path) })),
    ],
  }
}

export const readLock = (): LockFile =>
  JSON.parse(readFileSync(fileURLToPath(new URL('../package-lock.json', import.meta.url)), 'utf8')) as LockFile

// Unlike stdout itself, the console takes it well if nobody reads to the end (`| head`).
if (import.meta.main) console.log(JSON.stringify(sbomOf(readLock()), null, 2))
