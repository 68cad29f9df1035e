import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readLock, sbomOf } from '../../scripts/sbom.ts'
import {
  idleExceptions,
  type LockedPackage,
  type LockFile,
  type Manifest,
  supplyChainFaults,
} from '../../scripts/supply-chain.ts'

const lock = readLock()
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest

const HASH = `sha512-${'A'.repeat(86)}==`
const GOOD: LockedPackage = { version: '1.2.3', integrity: HASH, license: 'MIT' }
const WISHES: Manifest = { dependencies: { wanted: '1.2.3' } }
/** Of a package that one brings in which the project wants. */
const lockOf = (entry: LockedPackage, path = 'node_modules/some'): LockFile => ({
  name: 'x',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: {
    '': { version: '1.0.0', ...WISHES },
    'node_modules/wanted': { ...GOOD, dependencies: { some: '^1.0.0', lightningcss: '^1.0.0' } },
    [path]: entry,
  },
})

describe('the gate on the lock file', () => {
  test('finds nothing in ours', () => {
    expect(supplyChainFaults(lock, manifest)).toEqual([])
    expect(idleExceptions(lock)).toEqual([])
  })
  test('lets a package with hash, exact version and licence pass', () => {
    expect(supplyChainFaults(lockOf(GOOD), WISHES)).toEqual([])
  })
  test.each<[string, LockedPackage, string, string]>([
    ['without a hash', { version: '1.2.3', license: 'MIT' }, 'node_modules/some', 'has no sha512 hash'],
    [
      'optional without a hash and without a reason',
      { version: '1.2.3', license: 'MIT', optional: true },
      'node_modules/some',
      'has no sha512',
    ],
    ['with a hash that is no sha512', { ...GOOD, integrity: 'sha1-AAAA' }, 'node_modules/some', 'has no sha512 hash'],
    ['with a range', { ...GOOD, version: '^1.2.3' }, 'node_modules/some', 'is not exact'],
    ['from git', { ...GOOD, version: 'git+ssh://git@example.com/a.git' }, 'node_modules/some', 'is not exact'],
    [
      'that names a host',
      { ...GOOD, resolved: 'https://mirror.example/some.tgz' },
      'node_modules/some',
      'names where it came',
    ],
    ['that is a link', { ...GOOD, link: true }, 'node_modules/some', 'is a folder or a link'],
    ['that is a folder', GOOD, 'packages/some', 'is a folder or a link'],
    ['that runs a script', { ...GOOD, hasInstallScript: true }, 'node_modules/some', 'runs a script'],
    ['of another licence', { ...GOOD, license: 'GPL-3.0-only' }, 'node_modules/some', 'licence GPL-3.0-only'],
    ['of no licence', { version: '1.2.3', integrity: HASH }, 'node_modules/some', 'licence unknown'],
    [
      'under MPL that would be deployed',
      { ...GOOD, license: 'MPL-2.0' },
      'node_modules/lightningcss',
      'licence MPL-2.0',
    ],
  ])('refuses a package %s, and says which', (_, entry, path, says) => {
    const faults = supplyChainFaults(lockOf(entry, path), WISHES)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(`${path}: `)
    expect(faults[0]).toContain(says)
  })
  test.each([
    ['beside the project’s own', 'node_modules/stray'],
    ['within another package, which does not need it', 'node_modules/wanted/node_modules/stray'],
    [
      'within another package, which needs one of that name that nobody would find there',
      'node_modules/wanted/node_modules/other/node_modules/some',
    ],
  ])('refuses a package that nothing needs, %s', (_, path) => {
    expect(supplyChainFaults(lockOf(GOOD, path), WISHES)).toEqual([
      `${path}: nothing needs it: remove it from the lock`,
    ])
  })
  test('refuses two packages that only need each other', () => {
    const { packages, ...rest } = lockOf(GOOD)
    const pair = {
      'node_modules/a': { ...GOOD, dependencies: { b: '1.2.3' } },
      'node_modules/b': { ...GOOD, dependencies: { a: '1.2.3' } },
    }
    expect(supplyChainFaults({ ...rest, packages: { ...packages, ...pair } }, WISHES)).toHaveLength(2)
  })
  test('refuses a lock that was made of other wishes', () => {
    expect(supplyChainFaults(lockOf(GOOD), { dependencies: { ...WISHES.dependencies, some: '1.2.3' } })).toEqual([
      'some: package.json and the lock differ: run npm install',
    ])
  })
})

describe('the bill of materials', () => {
  const sbom = sbomOf(lock)
  const refs = sbom.components.map((one) => one['bom-ref'])

  test('has every package of the lock, once, with its version, licence and hash', () => {
    const wanted = Object.entries(lock.packages).filter(([path]) => path !== '')
    expect(refs).toHaveLength(wanted.length)
    expect(new Set(refs)).toEqual(new Set(wanted.map(([path, { version }]) => `${path}@${version}`)))
    const hashes = sbom.components.filter(({ hashes: own }) => own?.[0]?.content.length === 128)
    expect(hashes).toHaveLength(wanted.filter(([, { integrity }]) => integrity !== undefined).length)
    expect(sbom.components.filter(({ licenses }) => licenses).length).toBe(
      wanted.filter(([, one]) => one.license).length,
    )
  })
  test('names a package as registries do, scoped ones too', () => {
    const zod = sbom.components.find((one) => one['bom-ref'].startsWith('node_modules/zod@'))!
    expect(zod).toMatchObject({ name: 'zod', purl: `pkg:npm/zod@${zod.version}`, scope: 'required' })
    const core = sbom.components.find((one) => one['bom-ref'].startsWith('node_modules/@middy/core@'))!
    expect(core).toMatchObject({ group: '@middy', name: 'core', purl: `pkg:npm/%40middy/core@${core.version}` })
    expect(sbom.components.find(({ name }) => name === 'vitest')?.scope).toBe('excluded')
  })
  test('says of everything that is deployed what brought it in: all of it is reached from the project', () => {
    const edges = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
    const reached = new Set<string>()
    const visit = (ref: string): void => {
      if (reached.has(ref)) return
      reached.add(ref)
      for (const next of edges.get(ref) ?? []) visit(next)
    }
    visit(sbom.metadata.component['bom-ref'])
    const required = sbom.components.filter(({ scope }) => scope === 'required').map((one) => one['bom-ref'])
    expect(required.length).toBeGreaterThan(50)
    expect(required.filter((ref) => !reached.has(ref))).toEqual([])
    const known = new Set([...refs, sbom.metadata.component['bom-ref']])
    expect(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !known.has(ref))).toEqual([])
  })
  test('is the same text for the same lock, in whatever order that is written', () => {
    const turned = { ...lock, packages: Object.fromEntries(Object.entries(lock.packages).toReversed()) }
    expect(JSON.stringify(sbomOf(turned))).toBe(JSON.stringify(sbom))
  })
  test('names no time and no place', () => {
    expect(JSON.stringify(sbom)).not.toMatch(/timestamp|serialNumber|https?:/)
  })
})
