import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { highOn, withHigh, worstCaseOf } from '../../lib/control/exposure.ts'
import { accountRef } from '../../lib/model/account.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { policyFrom, readPolicy } from '../../lib/model/policy-file.ts'
import { googleAdsCapabilities } from '../../lib/platforms/google-ads/capabilities.ts'
import { metaCapabilities } from '../../lib/platforms/meta/capabilities.ts'
import { accountDate, type Instant } from '../../lib/units/calendar.ts'
import { currency, fromDecimal, type Money, mainUnits } from '../../lib/units/money.ts'
import { anchorsOf, brokenLinks, codes, documents, ROOT, rootText, rowsOf, section } from './markdown.ts'

const DOCUMENTS = documents()
const ALL = [...DOCUMENTS.values()].join('\n')
const README = rootText('README.md')
const ARCHITECTURE = rootText('docs/architecture.md')
const PACKAGE = JSON.parse(rootText('package.json')) as Readonly<Record<string, Readonly<Record<string, string>>>>

describe('links', () => {
  test('every relative link leads to a file, and to a heading in it where it names one', () => {
    expect(brokenLinks(DOCUMENTS)).toEqual([])
  })

  test('a link to nowhere and one to no heading are found', () => {
    const planted = new Map([
      ['docs/a.md', '# A\n[gone](b.md) [up](../README.md) [self](#a) [none](#c) [out](https://example.com)\n'],
      ['README.md', '# R\n[a](docs/a.md#a)\n```\n[not a link](x)\n```\n'],
    ])
    const exists = (path: string): boolean => planted.has(path)
    expect(brokenLinks(planted, exists)).toEqual(['docs/a.md: b.md is not there', 'docs/a.md: #c is no heading there'])
  })

  test('anchors are made as GitHub makes them', () => {
    expect(anchorsOf('# What it is not\n## 7. Shadow, approve, auto\n```\n# no heading\n```\n')).toEqual(
      new Set(['what-it-is-not', '7-shadow-approve-auto']),
    )
  })
})

describe('commands and variables', () => {
  test('every script that a document names is in package.json', () => {
    const named = new Set([...ALL.matchAll(/\bnpm run ([\w:-]+)/g)].map(({ 1: name = '' }) => name))
    expect([...named].filter((name) => !(name in (PACKAGE.scripts ?? {})))).toEqual([])
    expect(named).toContain('check')
  })

  test('every script of package.json stands in the README', () => {
    const named = (name: string): boolean =>
      name === 'start' || name === 'test' ? README.includes(`npm ${name}`) : README.includes(`npm run ${name}`)
    expect(Object.keys(PACKAGE.scripts ?? {}).filter((name) => !named(name))).toEqual([])
  })

  test('every verb of the command line that a document names is one', () => {
    const named = [...ALL.matchAll(/npm run sluice -- ([a-z]+)/g)].map(({ 1: verb = '' }) => verb)
    const sources = globSync('cli/**/*.ts', { cwd: ROOT }).map(rootText).join('\n')
    const verbs = new Set([...sources.matchAll(/\bcommand\((?:\w+, )?'([a-z]+)'/g)].map(({ 1: verb = '' }) => verb))
    const table = codes(
      section(README, '## Commands')
        .split('\n')
        .find((line) => line.includes('sluice --')) ?? '',
    )
    expect([...named, ...table.slice(1)].filter((verb) => !verbs.has(verb))).toEqual([])
    expect(table.length).toBeGreaterThan(5)
  })

  test('every environment variable that a document names is read somewhere, and every one of a function is documented', () => {
    const named = [...new Set(ALL.match(/\bSLUICE_[A-Z_]+\b/g))]
    const folders = 'lib,functions,cli,cdk,scripts,playground,test/contract,test/fuzz,test/bench,test/prove'
    const code = globSync(`{${folders}}/**/*.{ts,mjs}`, { cwd: ROOT }).map(rootText).join('\n')
    expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([])
    const ofFunctions = rootText('functions/composition/environment.ts').match(/'SLUICE_[A-Z_]+'/g) ?? []
    expect(ofFunctions.length).toBeGreaterThan(3)
    expect(ofFunctions.map((name) => name.slice(1, -1)).filter((name) => !ARCHITECTURE.includes(name))).toEqual([])
  })
})

describe('the README', () => {
  test('names exactly the packages of package.json, each with a reason', () => {
    const rows = rowsOf(section(README, '## Dependencies')).filter(([first = '']) => first.startsWith('`'))
    const named = rows.flatMap(([first = '']) => codes(first))
    const installed = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.keys(PACKAGE[kind] ?? {}),
    )
    expect(named.toSorted()).toEqual(installed.toSorted())
    expect(rows.filter(([, reason = '']) => reason.length < 10)).toEqual([])
  })

  test('keeps the capture of a run between its two marks', () => {
    const capture = /<!-- capture:start -->\n```text\n([\s\S]+?)```\n<!-- capture:end -->/.exec(README)?.[1]
    expect(capture).toMatch(/^Sluice · demo · \d+ days/)
  })
})

describe('the policy', () => {
  const EXAMPLE = rootText('policies/example.yaml')
  const POLICY = rootText('docs/policy.md')
  const { policy } = readPolicy(EXAMPLE, 'policies/example.yaml')

  test('example is valid, in shadow, and has both kinds of cap', () => {
    expect(policy.mode).toBe('shadow')
    expect(policy.dayCap).toBeDefined()
    expect(policy.accounts.every(({ dayCap }) => dayCap !== undefined)).toBe(true)
  })

  test.each(['guardrails', 'freshness', 'drift', 'incrementality'] as const)('page names every field of %s', (part) => {
    const text = section(POLICY, `## ${part}`)
    expect(Object.keys(policy[part]).filter((field) => !codes(text).includes(field))).toEqual([])
  })

  test('page names every field of the file', () => {
    const source = rootText('lib/model/policy-schema.ts')
    const fields = [
      ...source.matchAll(/^\s+(\w+): (?:z|textBy|accountText|idText|notYet|positiveAmount|share|date|prior)\b/gm),
    ].map(({ 1: field = '' }) => field)
    expect(fields.length).toBeGreaterThan(40)
    expect(fields.filter((field) => !POLICY.includes(`${field}\``) && !POLICY.includes(`\`${field}`))).toEqual([])
  })

  test('page states the defaults that a file without them gets', () => {
    const bare = policyFrom(
      {
        portfolio: 'bare',
        owner: 'somebody',
        baseCurrency: 'EUR',
        zone: 'Europe/Berlin',
        goal: { kind: 'conversions' },
        flight: { from: '2026-12-01', to: '2026-12-31', total: '1.00 EUR' },
        accounts: [{ account: 'meta:1', conversions: { action: 'purchase', clickWindowDays: 7, basis: 'mixed' } }],
        members: [{ class: 'prospecting' }],
      },
      'bare',
    ).policy
    const stated = (part: string): ReadonlyMap<string, string> =>
      new Map(
        rowsOf(section(POLICY, part)).flatMap(([fields = '', byDefault = '']) =>
          codes(fields).map((field) => [field, byDefault.replaceAll('`', '')] as const),
        ),
      )
    for (const part of ['guardrails', 'freshness', 'drift'] as const)
      for (const [field, value] of Object.entries(bare[part]))
        expect(stated(`## ${part}`).get(field), field).toBe(String(value))
    for (const field of ['mode', 'planExpiresAfterHours', 'maxRateAgeDays'] as const)
      expect(stated('## Top level').get(field), field).toBe(String(bare[field]))
    const priors = rowsOf(section(POLICY, '## incrementality')).slice(1)
    expect(priors.map(([kind = '', ...numbers]) => [codes(kind)[0], ...numbers.map(Number)])).toEqual(
      Object.entries(bare.incrementality).map(([kind, { mean, low, high }]) => [kind, mean, low, high]),
    )
  })
})

describe('what the documents say of the code', () => {
  test('every reason to hold is explained', () => {
    const source = rootText('lib/model/plan.ts')
    const reasons = [...(/type HoldReason =([^/]+?)\n\n/.exec(source)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)]
    expect(reasons.length).toBeGreaterThan(15)
    expect(
      reasons.map(({ 1: reason = '' }) => reason).filter((reason) => !codes(ARCHITECTURE).includes(reason)),
    ).toEqual([])
  })

  test('reasons to hold stand in the order in which they are asked', () => {
    const explained = [...ARCHITECTURE.matchAll(/^\d+\. `([a-z-]+)`/gm)].map(({ 1: reason = '' }) => reason)
    const asked = ['account-checks', 'holds'].flatMap((file) => askedReasons(rootText(`lib/decide/${file}.ts`)))
    expect([...new Set(asked)]).toEqual(explained)
    expect(explained).toHaveLength(21)
  })

  test('the ledger’s worked example is what the ledger counts', () => {
    const rows = rowsOf(section(ARCHITECTURE, '## The ledger')).slice(1)
    const eur = (text: string): Money => fromDecimal(text, currency('EUR'))
    const today = accountDate('2026-11-21')
    const tomorrow = accountDate('2026-11-22')
    let state = budgetAt(eur(rows[0]?.[1] ?? ''))
    const counted = rows.map(([what = '', budget = '']) => {
      const date = what.includes('next day') ? tomorrow : today
      const value = { kind: 'money', amount: eur(budget) } as const
      state = { ...withHigh(state, value, date), known: value }
      return [
        highOn(state, date),
        worstCaseOf([state], date, googleAdsCapabilities.overDeliveryFactor, currency('EUR')),
      ].map(mainUnits)
    })
    expect(counted).toEqual(rows.map(([, , high, exposure]) => [Number(high), Number(exposure)]))
    expect(counted).toContainEqual([50, 100])
  })

  test('over-delivery factors are the adapters’', () => {
    const said = section(rootText('docs/policy.md'), '## accounts')
    expect(said).toContain(
      `Google Ads ${googleAdsCapabilities.overDeliveryFactor}, Meta ${metaCapabilities.overDeliveryFactor}`,
    )
  })
})

/** Reasons in the order of the two lists of checks; a check that is a function of its own stands for its first reason. */
function askedReasons(source: string): readonly string[] {
  const lists = [...source.matchAll(/const (?:account|budget)Checks: readonly Check<\w+>\[\] = \[([\s\S]+?)\n\]/g)]
  return lists.flatMap(({ 1: list = '' }) =>
    [...list.matchAll(/^ {2}\[\s*'([a-z-]+)',/gm)].map(({ 1: name = '' }) => name),
  )
}

const budgetAt = (amount: Money): LeverState => ({
  lever: { account: accountRef('google-ads', '1'), kind: 'daily-budget', entity: 'budget', id: '2' },
  version: 1,
  known: { kind: 'money', amount },
  knownAt: 0 as Instant,
  ours: true,
  idle: false,
})

describe('the licence', () => {
  test('is the Apache License 2.0, word for word', () => {
    // SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt.
    const hash = createHash('sha256').update(rootText('LICENSE')).digest('hex')
    expect(hash).toBe('cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30')
    expect((PACKAGE as unknown as { license: string }).license).toBe('Apache-2.0')
  })
})
