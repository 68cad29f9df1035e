interface Node {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly items?: Node
  readonly oneOf?: readonly Node[]
  readonly $ref?: string
}

/**
 * Every field of the scenario format as a Markdown table: path, what may stand there, default, meaning.
 *
 * @param schema the published JSON Schema
 */
export function fieldTable(schema: Readonly<Record<string, unknown>>): string {
  const whole = schema.else as Node
  const lists = schema.$defs as Readonly<Record<string, Node>>
  const rows = rowsOf(whole, '', lists)
  return ['| field | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

function rowsOf(node: Node, path: string, lists: Readonly<Record<string, Node>>): readonly string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, referring]) => {
    const inner = referring.$ref === undefined ? referring : lists[referring.$ref.split('/').at(-1)!]!
    const at = path === '' ? name : `${path}.${name}`
    const isRequired = node.required?.includes(name) ?? false
    const own = `| \`${at}\` | ${allowed(inner)} | ${defaultOf(inner, isRequired)} | ${inner.description ?? ''} |`
    return [own, ...within(inner, at, lists)]
  })
}

function within(node: Node, at: string, lists: Readonly<Record<string, Node>>): readonly string[] {
  if (node.type === 'object') return rowsOf(node, at, lists)
  if (node.type !== 'array' || !node.items) return []
  if (!node.items.oneOf) return rowsOf(node.items, `${at}[]`, lists)
  return node.items.oneOf.flatMap((kind) => rowsOf(kind, `${at}[${String(kind.properties?.kind?.const)}]`, lists))
}

function allowed(node: Node): string {
  if (node.const !== undefined) return `\`${String(node.const)}\``
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ')
  return node.type === 'array' ? 'list' : (node.type ?? 'any')
}

function defaultOf(node: Node, isRequired: boolean): string {
  if (node.default !== undefined && typeof node.default !== 'object') return `\`${JSON.stringify(node.default)}\``
  return isRequired ? 'required' : ''
}
