import * as z from 'zod'
import { scenarioSchema } from './schema.ts'

interface Node {
  readonly [key: string]: unknown
  readonly type?: string
  readonly properties?: Readonly<Record<string, Node>>
}

/**
 * The scenario format as JSON Schema (draft 2020-12), for editors and for people who write a market of their own.
 *
 * A file that `extends` another leaves out what it does not change: there no field of an object that merges is required.
 * What is in a list always is, because lists replace. Lists stand under `$defs`, so that both forms share them.
 */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, description, ...whole } = z.toJSONSchema(scenarioSchema, { io: 'input' }) as Node
  const lists = Object.entries(whole.properties ?? {}).filter(([, node]) => node.type === 'array')
  const shared = {
    ...whole,
    properties: { ...whole.properties, ...Object.fromEntries(lists.map(([key]) => [key, { $ref: `#/$defs/${key}` }])) },
  }
  return {
    $schema,
    title: 'Scenario',
    description,
    if: { required: ['extends'] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema; nobody awaits a schema
    then: withoutRequired(shared),
    else: shared,
    $defs: Object.fromEntries(lists),
  }
}

/** The same with no field required, in this object and in the objects within it. */
function withoutRequired(node: Node): Node {
  if (node.type !== 'object' || !node.properties) return node
  const { required: _, ...rest } = node
  const properties = Object.entries(node.properties).map(([key, inner]) => [key, withoutRequired(inner)])
  return { ...rest, properties: Object.fromEntries(properties) }
}
