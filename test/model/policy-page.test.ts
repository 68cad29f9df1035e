import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { policyFrom } from '../../lib/model/policy-file.ts'
import { policySchema } from '../../lib/model/policy-schema.ts'
import { codes, rootText, rowsOf, section } from '../docs/markdown.ts'

const PAGE = rootText('docs/policy.md')

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  readonly oneOf?: readonly Node[]
  readonly not?: unknown
  readonly default?: unknown
}
const SCHEMA = z.toJSONSchema(policySchema, { io: 'input' }) as Node
const part = (name: string): Node => SCHEMA.properties?.[name] ?? {}

/** Fields of a part with what is known of each; `a.b` for one within another, `match` left whole. */
function fieldsOf(node: Node): ReadonlyMap<string, Node> {
  const alternatives = [node.items ?? node, ...((node.items ?? node).oneOf ?? [])]
  const own = alternatives.flatMap(({ properties = {} }) => Object.entries(properties))
  return new Map(
    own
      .filter(([, field]) => field.not === undefined)
      .flatMap(([name, field]): [string, Node][] =>
        field.properties && name !== 'match'
          ? [...fieldsOf(field)].map(([inner, of]) => [`${name}.${inner}`, of])
          : [[name, field]],
      ),
  )
}

/** Fields that the tables of a section explain, with the default that they state. */
const explained = (heading: string): ReadonlyMap<string, string> =>
  new Map(
    rowsOf(section(PAGE, `## ${heading}`)).flatMap(([fields = '', byDefault = '']) =>
      codes(fields).map((field) => [field, byDefault.replaceAll('`', '')] as const),
    ),
  )

describe('the page of the policy file', () => {
  const parts: readonly (readonly [heading: string, node: Node])[] = [
    ...['goal', 'flight', 'accounts', 'members', 'bounds', 'groups', 'commitments', 'calibrations', 'events'].map(
      (name) => [name, part(name)] as const,
    ),
    ...['guardrails', 'freshness', 'drift', 'exploration'].map((name) => [name, part(name)] as const),
    ['match', part('groups').items?.properties?.match ?? {}],
  ]

  test.each(parts)('explains every field of %s, and no other', (heading, node) => {
    expect([...explained(heading).keys()].toSorted()).toEqual([...fieldsOf(node).keys()].toSorted())
  })

  test.each(parts)('states the defaults of %s', (heading, node) => {
    const plain = [...fieldsOf(node)].filter(
      ([, field]) => field.default !== undefined && typeof field.default !== 'object',
    )
    for (const [name, field] of plain) expect(explained(heading).get(name), name).toBe(String(field.default))
  })

  test('lists every field of the top level, and no other', () => {
    const listed = rowsOf(section(PAGE, '## Top level').split('\n### ')[0] ?? '').flatMap(([first = '']) =>
      codes(first),
    )
    expect(listed.toSorted()).toEqual(Object.keys(SCHEMA.properties ?? {}).toSorted())
  })

  test.each([...PAGE.matchAll(/^```yaml\n([\s\S]+?)^```/gm)].map(({ 1: text = '' }) => [text.split('\n')[0], text]))(
    'gives an example that is valid: %s …',
    (_first, text) => {
      const written = parse(text ?? '') as Record<string, unknown>
      expect(() => policyFrom({ ...FULL, ...AROUND, ...written }, 'the example')).not.toThrow()
    },
  )

  test('uses every field in its full example', () => {
    const used = new Set([...FULL_TEXT.matchAll(/(\w+):(?= |\n)/g)].map(({ 1: name = '' }) => name))
    const names = [SCHEMA, ...parts.filter(([name]) => name !== 'goal').map(([, node]) => node)].flatMap((node) =>
      [...fieldsOf(node).keys()].flatMap((name) => name.split('.')),
    )
    // Priors are given for one class, the others are alike; ceilings of cost go with another goal.
    const alike = new Set(['brand', 'retargeting', 'prospecting', 'targetCpa', 'marginalCpa'])
    expect(names.filter((name) => !used.has(name) && !alike.has(name))).toEqual([])
  })
})

const FULL_TEXT = /^```yaml\n([\s\S]+?)^```/m.exec(section(PAGE, '## A full example'))?.[1] ?? ''
const FULL = parse(FULL_TEXT) as Record<string, unknown>
/** What a short example stands in, so that it meets nothing else of the full one. */
const AROUND = {
  goal: { kind: 'conversions' },
  members: [{ class: 'prospecting' }],
  groups: [],
  commitments: [],
  calibrations: [],
  events: [],
}
