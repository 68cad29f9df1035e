import { describe, expect, test } from 'vitest'
import { EXCEPTIONS, importBreaches } from './architecture/layers.ts'
import { namedPlatforms } from './architecture/named-platforms.ts'
import { lockBreaches, type PackageFile, packageBreaches, undeclared, undocumented } from './architecture/packages.ts'
import { clockBreaches, purityBreaches } from './architecture/purity.ts'
import { deadFiles } from './architecture/reach.ts'
import { banBreaches, functionsOf, LONG_FILES, LONG_FUNCTIONS, lengthBreaches } from './architecture/shape.ts'
import { importsOf, mask, type SourceTree } from './architecture/source-text.ts'
import { rootFile, workingTree } from './architecture/working-tree.ts'

const TREE = workingTree()
const PACKAGES = JSON.parse(rootFile('package.json')) as PackageFile
const NO_LONG = { files: {}, functions: {} }

/** A tree of one file, for breaches planted on purpose. */
const planted = (path: string, text: string): SourceTree => new Map([[path, text]])

describe('the repository', () => {
  test('imports only what its table of layers allows', () => {
    expect(importBreaches(TREE, EXCEPTIONS)).toEqual([])
  })

  test('keeps clock, dice, environment, network and waiting out of the pure folders', () => {
    expect(purityBreaches(TREE)).toEqual([])
  })

  test('names no platform where decisions are made: capabilities are asked', () => {
    expect(namedPlatforms(TREE)).toEqual([])
  })

  test('reads the system clock in one place, and in the places listed with a reason', () => {
    expect(clockBreaches(TREE)).toEqual([])
  })

  test('has no default export, no any, no re-export and no barrel', () => {
    expect(banBreaches(TREE)).toEqual([])
  })

  test('has no file that nothing uses', () => {
    expect(deadFiles(TREE)).toEqual([])
  })

  test('keeps functions to 60 lines and files to 300', () => {
    expect(lengthBreaches(TREE, { files: LONG_FILES, functions: LONG_FUNCTIONS })).toEqual([])
  })

  test('pins every package exactly, and uses every one', () => {
    expect(packageBreaches(PACKAGES, TREE)).toEqual([])
  })

  test('deploys no import that is not among the dependencies', () => {
    expect(undeclared(PACKAGES, TREE)).toEqual([])
  })

  test('gives the reason for every package in the README', () => {
    expect(undocumented(PACKAGES, rootFile('README.md'))).toEqual([])
  })

  test('names no host in its lock file', () => {
    expect(lockBreaches(rootFile('package-lock.json'))).toEqual([])
  })
})

describe('the import rule, on planted breaches', () => {
  test.each([
    ['units import nothing of ours', 'lib/units/money.ts', '../model/account.ts'],
    ['stats import nothing of ours', 'lib/stats/log-gamma.ts', '../units/money.ts'],
    ['the model knows only units', 'lib/model/plan.ts', '../decide/plan.ts'],
    ['ports know only the model and units', 'lib/ports/store.ts', '../store/stores.ts'],
    ['measuring does not know deciding', 'lib/measure/estimate.ts', '../decide/plan.ts'],
    ['deciding does not know ports', 'lib/decide/plan.ts', '../ports/clock.ts'],
    ['control does not know platforms', 'lib/control/act.ts', '../platforms/meta/writer.ts'],
    ['control does not know the store', 'lib/control/act.ts', '../store/stores.ts'],
    ['an adapter does not know its sibling', 'lib/platforms/meta/writer.ts', '../google-ads/http.ts'],
    ['an adapter does not know control', 'lib/platforms/meta/writer.ts', '../../control/act.ts'],
    ['the store does not know control', 'lib/store/stores.ts', '../control/loop.ts'],
    ['lib never knows the playground', 'lib/control/act.ts', '../../playground/world.ts'],
    ['functions never know the playground', 'functions/act.ts', '../playground/world.ts'],
    ['functions do not know the command line', 'functions/act.ts', '../cli/main.ts'],
    ['the playground does not know control', 'playground/runner/runner.ts', '../../lib/control/act.ts'],
    [
      'the playground does not know adapters',
      'playground/platforms/meta/twin.ts',
      '../../../lib/platforms/meta/units.ts',
    ],
    ['nothing knows a test', 'cli/main.ts', '../test/store/samples.ts'],
    ['deciding takes no package', 'lib/decide/plan.ts', 'simple-statistics'],
    ['units take no module of Node', 'lib/units/money.ts', 'node:fs'],
    ['the model takes no SDK', 'lib/model/plan.ts', '@aws-sdk/client-dynamodb'],
  ])('%s', (_name, file, specifier) => {
    expect(importBreaches(planted(file, `import { x } from '${specifier}'`))).toHaveLength(1)
    expect(importBreaches(planted(file, `import type { X } from '${specifier}'`))).toHaveLength(1)
    expect(importBreaches(planted(file, `const { x } = await import('${specifier}')`))).toHaveLength(1)
    expect(importBreaches(planted(file, `import {\n  type X, // why\n  y,\n} from "${specifier}"`))).toHaveLength(1)
  })

  test.each([
    ['lib/control/act.ts', '../decide/plan.ts'],
    ['lib/platforms/meta/writer.ts', './graph.ts'],
    ['lib/platforms/meta/writer.ts', 'zod'],
    ['lib/model/canonical.ts', 'node:crypto'],
    ['functions/act.ts', '../lib/control/act.ts'],
    ['cli/main.ts', '../playground/world.ts'],
  ])('but %s may import %s', (file, specifier) => {
    expect(importBreaches(planted(file, `import { x } from '${specifier}'`))).toEqual([])
  })

  test('a new folder must be put into the table', () => {
    expect(importBreaches(planted('lib/helpers/text.ts', ''))).toHaveLength(1)
  })

  test('an exception that nobody needs is a breach', () => {
    expect(importBreaches(new Map(), { 'lib/units/a.ts -> lib/model/b.ts': 'once' })).toHaveLength(1)
  })
})

describe('the purity rule, on planted breaches', () => {
  test.each([
    'const now = Date.now()',
    'const now = new Date()',
    'const text = Date()',
    'const now = Temporal.Now.instant()',
    'const now = performance.now()',
    'const dice = Math.random()',
    'const id = crypto.randomUUID()',
    'const { HOME } = process.env',
    'const box = globalThis',
    "const answer = fetch('https://example.com')",
    'setTimeout(go, 10)',
    'const at = import.meta.url',
    'const text = amount.toLocaleString()',
    'const zone = Intl.DateTimeFormat().resolvedOptions().timeZone',
    "console.log('here')",
    'const f = async () => 1',
  ])('%s', (line) => {
    for (const folder of ['units', 'stats', 'model', 'measure', 'decide'])
      expect(purityBreaches(planted(`lib/${folder}/a.ts`, `${line}\n`)).length).toBeGreaterThan(0)
    expect(purityBreaches(planted('lib/control/a.ts', line))).toEqual([])
  })

  test('names the line, and is not misled by comments, text or lookalikes', () => {
    expect(purityBreaches(planted('lib/decide/a.ts', '\n\nconst now = Date.now()'))).toEqual([
      'lib/decide/a.ts:3: a pure folder may not use Date.now',
    ])
    const innocent = [
      '// Date.now() would be wrong here',
      "const why = 'Date.now() is not pure'",
      'const day = new Date(at).toISOString()',
      `const text = \`\${why}: Math.random()\``,
      'const share = rates.fetch(key)',
      'const pattern = /process/',
    ]
    expect(purityBreaches(planted('lib/decide/a.ts', innocent.join('\n')))).toEqual([])
    expect(purityBreaches(planted('lib/decide/a.ts', `const text = \`at \${Date.now()}\``))).toHaveLength(1)
  })
})

describe('the rule of nameless platforms, on planted breaches', () => {
  test.each([
    "if (account.platform === 'meta') return 1.1",
    "const floor = lever.account.platform === 'google-ads' ? 0 : 1",
    'switch (platform) {\n  case "tiktok":\n    return 1\n}',
    "const isOurs = key.startsWith('snapchat:')",
    'const scope = `platform/pinterest`',
    'const isMeta = true',
    'const googleFloor = 1',
    'const GOOGLE_ADS = 1',
    'const FLOORS = { meta: 1.1 }',
    "import { OWN_PLATFORMS } from '../model/platform-names.ts'",
  ])('%s', (line) => {
    for (const folder of ['decide', 'measure', 'control', 'model'])
      expect(namedPlatforms(planted(`lib/${folder}/a.ts`, `${line}\n`), {}).length).toBeGreaterThan(0)
    expect(namedPlatforms(planted('lib/platforms/meta/a.ts', line), {})).toEqual([])
  })

  test('comments, examples within a text, and words that only look alike are none', () => {
    const innocent = [
      '// on meta this is 1.1',
      "const hint = 'write platform:id, such as meta:1234567890'",
      'const metadata = import.meta.url',
      'const metaphor = 1',
    ]
    expect(namedPlatforms(planted('lib/control/a.ts', innocent.join('\n')), {})).toEqual([])
  })

  test('an exception that names none any more, or is gone, is a breach', () => {
    const allowed = { 'lib/model/a.ts': 'once' }
    expect(namedPlatforms(planted('lib/model/a.ts', 'const a = 1'), allowed)).toHaveLength(1)
    expect(namedPlatforms(new Map(), allowed)).toHaveLength(1)
  })
})

describe('the clock rule, on planted breaches', () => {
  const CLOCK = 'functions/composition/clock.ts'
  const allowed = { [CLOCK]: 'the clock' }
  const clock = 'export const systemClock = { now: () => Date.now() }'

  test('a second clock is a breach wherever it stands', () => {
    for (const file of ['lib/control/act.ts', 'cli/main.ts', 'playground/world.ts', 'dashboard/page.ts']) {
      const tree = new Map([
        [CLOCK, clock],
        [file, 'const at = new Date()'],
      ])
      expect(clockBreaches(tree, allowed)).toEqual([`${file}:1: new Date() outside the composition's clock`])
    }
  })

  test('unseeded dice are a breach', () => {
    const tree = new Map([
      [CLOCK, clock],
      ['playground/market/draws.ts', 'const x = Math.random()'],
    ])
    expect(clockBreaches(tree, allowed)).toHaveLength(1)
  })

  test('a listed place that reads no clock any more, or is gone, is a breach', () => {
    expect(clockBreaches(planted(CLOCK, 'export const systemClock = virtual'), allowed)).toHaveLength(1)
    expect(clockBreaches(new Map(), allowed)).toHaveLength(1)
  })
})

describe('the rules of form, on planted breaches', () => {
  test.each([
    'export default function f() {}',
    'export { f as default }',
    'const f = (x: any) => x',
    'const list: any[] = []',
    'const x = y as any',
    'type A = Record<string, any>',
    'const schema = z.any()',
    "export * from './money.ts'",
    "export * as money from './money.ts'",
    "export { add } from './money.ts'",
    "export type { Money } from './money.ts'",
    '// @ts-ignore',
  ])('%s', (line) => {
    expect(banBreaches(planted('lib/units/a.ts', line))).toHaveLength(1)
  })

  test('index.ts is a barrel by its name', () => {
    expect(banBreaches(planted('lib/units/index.ts', 'export const a = 1'))).toHaveLength(1)
  })

  test('an ordinary file has nothing to hide', () => {
    const text = "// any old comment\nconst any_ = 'any'\nexport const f = AbortSignal.any([])\nexport { any_ }\n"
    expect(banBreaches(planted('lib/units/a.ts', text))).toEqual([])
  })
})

describe('the length rule, on planted breaches', () => {
  const lines = (n: number, line = '  x += 1') => Array.from({ length: n }, () => line).join('\n')

  test.each([
    ['a declaration', (n: number) => `function f(\n  a: number,\n): number {\n${lines(n - 4)}\n}`],
    ['a method', (n: number) => `class A {\n  run(): void {\n${lines(n - 2)}\n  }\n}`],
    ['an arrow with a block', (n: number) => `const f = (a: { b: number }): number => {\n${lines(n - 2)}\n}`],
    ['an arrow with an object', (n: number) => `const f = (a: number) => ({\n${lines(n - 2, '  a,')}\n})`],
    ['an arrow with a chain', (n: number) => `const f = (a: A) =>\n  a\n${lines(n - 2, '    .map(g)')}\nconst b = 1`],
  ])('%s of 60 lines passes and one of 61 does not', (_name, make) => {
    expect(lengthBreaches(planted('lib/units/a.ts', make(60)), NO_LONG)).toEqual([])
    expect(lengthBreaches(planted('lib/units/a.ts', make(61)), NO_LONG)).toHaveLength(1)
  })

  test('a loop, a branch and a table are no functions', () => {
    const text = `for (const a of b) {\n${lines(70)}\n}\nif (a) {\n${lines(70)}\n}\nconst t = {\n${lines(70, '  a,')}\n}`
    expect(functionsOf(text)).toEqual([])
  })

  test('braces in text, templates and patterns do not mislead it', () => {
    const text = `const f = (a: string) => {\n  const b = /[{]/.test(a) ? '}' : \`{\${a}\`\n  // }\n  return b\n}\nconst c = 1\n`
    expect(functionsOf(text)).toEqual([{ from: 1, to: 5 }])
  })

  test('a file of 300 lines passes and one of 301 does not', () => {
    expect(lengthBreaches(planted('cli/a.ts', `${lines(300, 'x += 1')}\n`), NO_LONG)).toEqual([])
    expect(lengthBreaches(planted('cli/a.ts', `${lines(301, 'x += 1')}\n`), NO_LONG)).toHaveLength(1)
  })

  test('an exception that is no longer one is a breach', () => {
    const files = { 'cli/a.ts': 'once' }
    expect(lengthBreaches(planted('cli/a.ts', 'const a = 1'), { files, functions: {} })).toHaveLength(1)
    expect(lengthBreaches(planted('cli/a.ts', 'const a = 1'), { files: {}, functions: files })).toHaveLength(1)
  })
})

describe('the rule of dead files, on planted breaches', () => {
  const entry = [[/^cli\/main\.ts$/, 'a person']] as const

  test('a file that nothing reaches is dead, and so is what only it reaches', () => {
    const tree = new Map([
      ['cli/main.ts', "import { a } from '../lib/a.ts'"],
      ['lib/a.ts', ''],
      ['lib/b.ts', "import { c } from './c.ts'"],
      ['lib/c.ts', "import { b } from './b.ts'"],
    ])
    expect(deadFiles(tree, entry)).toEqual(['lib/b.ts: nothing uses it', 'lib/c.ts: nothing uses it'])
  })

  test('a path in text reaches a file, a path in a comment does not', () => {
    const tree = new Map([
      ['cli/main.ts', "spawn(new URL('victim.ts', import.meta.url))\n// see './old.ts'"],
      ['cli/victim.ts', ''],
      ['cli/old.ts', ''],
    ])
    expect(deadFiles(tree, entry)).toEqual(['cli/old.ts: nothing uses it'])
  })

  test('a Lambda entry point is one by its handler', () => {
    const tree = new Map([
      ['functions/act.ts', 'export const handler = 1'],
      ['functions/words.ts', 'export const words = 1'],
    ])
    expect(deadFiles(tree, entry)).toEqual(['functions/words.ts: nothing uses it'])
  })
})

describe('the rules of packages, on planted breaches', () => {
  const tree = planted('lib/model/a.ts', "import * as z from 'zod'\nimport type { S } from '@aws-sdk/client-sqs/dist'")

  test.each(['^4.0.0', '~4.0.0', '4.x', '*', 'latest', '>=4', 'github:colinhacks/zod'])('version %s', (version) => {
    expect(packageBreaches({ dependencies: { zod: version } }, tree, {})).toHaveLength(1)
  })

  test('exact versions of packages in use pass', () => {
    const file = { dependencies: { zod: '4.6.7' }, devDependencies: { '@aws-sdk/client-sqs': '3.1.0-beta.1' } }
    expect(packageBreaches(file, tree, {})).toEqual([])
  })

  test('a package that is installed and not used, and a tool that is gone', () => {
    expect(packageBreaches({ dependencies: { yaml: '2.9.1' } }, tree, {})).toEqual(['yaml: installed and not used'])
    expect(packageBreaches({}, tree, { biome: 'lints' })).toHaveLength(1)
  })

  test('a development package in code that is deployed', () => {
    expect(
      undeclared({ devDependencies: { zod: '4.6.7' }, dependencies: { '@aws-sdk/client-sqs': '3.0.0' } }, tree),
    ).toEqual(['lib/model/a.ts: zod is not among the dependencies'])
  })

  test('a package that the README does not explain', () => {
    const file = { dependencies: { zod: '4.6.7', 'd3-scale': '4.0.2', '@types/d3-scale': '4.0.9' } }
    expect(undocumented(file, '| `zod` | checks |\n| `@types/d3-scale` | types |')).toEqual([
      'd3-scale: the README does not say why it is needed',
    ])
  })

  test('a lock file that names a host', () => {
    expect(lockBreaches('{ "resolved": "https://registry.example/zod-4.6.7.tgz" }')).toHaveLength(1)
  })
})

describe('reading sources', () => {
  test('finds imports of every form and none in comments or text', () => {
    const text = [
      "import { a } from './a.ts'",
      "import type { B } from './b.ts'",
      "import * as c from './c.ts'",
      "import './d.ts'",
      "const e = await import('./e.ts')",
      "export { f } from './f.ts'",
      "// import { x } from './x.ts'",
      'const g = "import { x } from \'./x.ts\'"',
      "type H = import('./h.ts').H",
    ]
    expect([...importsOf(text.join('\n'))].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'h'].map((n) => `./${n}.ts`))
  })

  test('tells a division from a pattern, and a placeholder from the text around it', () => {
    const { code } = mask(
      `const a = b / c / d; const e = /'/.test(f); const g = \`'\${h('x')} \\\` {\`; const i = 'j\\'k'`,
    )
    expect(code).toBe(`const a = b / c / d; const e = / /.test(f); const g = \` \${h(' ')}     \`; const i = '    '`)
  })
})
