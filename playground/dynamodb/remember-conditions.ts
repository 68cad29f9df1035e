/**
 * dynalite's parser takes a millisecond for a condition of a few terms, more than the rest of the request. Sluice sends a
 * dozen different ones, over and over with other values: each is parsed once, and the values are put in anew.
 */

interface Context {
  readonly attrNames?: Readonly<Record<string, string>> | null
  readonly attrVals?: Readonly<Record<string, object>> | null
  readonly unusedAttrNames?: Record<string, boolean>
  readonly unusedAttrVals?: Record<string, boolean>
  readonly isKeyCondition?: boolean
}

type Parse = (text: string, options: { readonly context: Context }) => unknown

export interface Parser {
  parse: Parse
}

interface Parsed {
  readonly tree: unknown
  /** Which value stands where in the tree. */
  readonly names: ReadonlyMap<object, string>
}

const KEPT_MAX = 1_000
/** What is refused for some values and not for others: parsed every time. */
const JUDGES_VALUES = /between|attribute_type/i

/** Gives `parser` a memory. What is refused is never remembered. */
export function rememberConditions(parser: Parser): void {
  const parse = parser.parse.bind(parser)
  const known = new Map<string, Parsed>()
  parser.parse = (text, options) => {
    const { context } = options
    if (JUDGES_VALUES.test(text)) return parse(text, options)
    const key = keyOf(text, context)
    const found = known.get(key)
    if (found) {
      markUsed(text, context)
      return withValues(found, context)
    }
    const tree = parse(text, options)
    if (typeof tree !== 'object' || tree === null) return tree
    if (known.size >= KEPT_MAX) known.clear()
    const parsed = {
      tree,
      names: new Map(Object.entries(context.attrVals ?? {}).map(([name, value]) => [value, name])),
    }
    known.set(key, parsed)
    // The answer is the caller's to change; what is remembered is not.
    return withValues(parsed, context)
  }
}

/** Everything that the parser's answer depends on, but for the values themselves. */
function keyOf(text: string, { attrNames, attrVals, isKeyCondition }: Context): string {
  const types = Object.entries(attrVals ?? {}).map(([name, value]) => [name, ...Object.keys(value)])
  return JSON.stringify([text, attrNames ?? {}, types, isKeyCondition === true])
}

function markUsed(text: string, { unusedAttrNames, unusedAttrVals }: Context): void {
  for (const name of text.match(/[#:]\w+/g) ?? []) {
    if (unusedAttrNames) delete unusedAttrNames[name]
    if (unusedAttrVals) delete unusedAttrVals[name]
  }
}

function withValues({ tree, names }: Parsed, { attrVals }: Context): unknown {
  const copied = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null) return node
    const name = names.get(node)
    if (name !== undefined) return attrVals?.[name]
    if (Array.isArray(node)) return node.map(copied)
    return Object.fromEntries(Object.entries(node).map(([member, value]) => [member, copied(value)]))
  }
  return copied(tree)
}
