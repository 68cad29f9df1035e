import { CATALOGUE, type NodeFields } from './catalogue.ts'
import { badParameter, noSuchField } from './errors.ts'
import type { FieldContext, GraphNode, NodeKind } from './nodes.ts'

/** One asked-for field; with `inner`, an edge or object expanded in place: `campaigns{id,name}`. */
export interface Selection {
  readonly name: string
  readonly inner?: readonly Selection[]
  /** Of `campaigns.limit(5){…}`. */
  readonly limit?: number
}

/** @throws GraphError when the braces do not match */
export function parseFields(text: string): readonly Selection[] {
  const reader = { text, at: 0 }
  const parsed = readList(reader)
  if (reader.at < text.length) throw badParameter(`Syntax error "Unexpected character" at character ${reader.at}`)
  return parsed
}

interface Reader {
  readonly text: string
  at: number
}

function readList(reader: Reader): readonly Selection[] {
  const found = new Map<string, Selection>()
  while (reader.at < reader.text.length && reader.text[reader.at] !== '}') {
    const selection = readOne(reader)
    if (selection.name !== '') found.set(selection.name, selection)
    if (reader.text[reader.at] === ',') reader.at += 1
  }
  return [...found.values()]
}

function readOne(reader: Reader): Selection {
  const match = /^\s*([\w.]*?)(?:\.limit\((\d+)\))?\s*(?=[,{}]|$)/.exec(reader.text.slice(reader.at))
  if (!match) throw badParameter(`Syntax error "Unexpected character" at character ${reader.at}`)
  reader.at += match[0].length
  const name = match[1] ?? ''
  const limit = match[2] === undefined ? {} : { limit: Number(match[2]) }
  if (reader.text[reader.at] !== '{') return { name, ...limit }
  reader.at += 1
  const inner = readList(reader)
  if (reader.text[reader.at] !== '}') throw badParameter('Syntax error "Expected end of string instead of "}""')
  reader.at += 1
  return { name, inner, ...limit }
}

const fieldsOf = (kind: NodeKind): NodeFields<NodeKind> =>
  // The catalogue's entry for a node's own kind takes that node; the compiler cannot follow the pairing.
  CATALOGUE[kind] as unknown as NodeFields<NodeKind>

/** Expands an edge in place; undefined when the node has no such edge. */
export type ExpandEdge = (node: GraphNode, selection: Selection) => unknown

/**
 * The object that Graph would show of `node`: the fields asked for, and always its id.
 *
 * @throws GraphError 100 for a field that the node type does not have
 */
export function shown(
  node: GraphNode,
  selections: readonly Selection[] | undefined,
  context: FieldContext,
  expand: ExpandEdge,
): Readonly<Record<string, unknown>> {
  const { fields, defaults, graphName } = fieldsOf(node.kind)
  const answer: Record<string, unknown> = {}
  for (const selection of selections ?? defaults.map((name): Selection => ({ name }))) {
    const field = fields[selection.name]
    const value = field ? field(node, context) : expand(node, selection)
    if (!field && value === undefined) throw noSuchField(selection.name, graphName)
    if (value !== undefined) answer[selection.name] = value
  }
  if (fields.id && answer.id === undefined) answer.id = fields.id(node, context)
  return answer
}

/** @throws GraphError 100 when one of the fields is not of this type, whatever the list holds */
export function checkFields(kind: NodeKind, selections: readonly Selection[], isEdge: (name: string) => boolean): void {
  const { fields, graphName } = fieldsOf(kind)
  for (const { name } of selections) if (!fields[name] && !isEdge(name)) throw noSuchField(name, graphName)
}
