import type * as z from 'zod'

/** Fields whose value is never repeated: somebody may have put a credential there. */
const UNREPEATED = new Set(['secret', 'secrets'])
const SHOWN_MAX = 60

/** One sentence per problem: field, what is wrong and what would be right, and the value that was found. */
export const problemsOf = (error: z.ZodError, written: unknown): readonly string[] =>
  error.issues.flatMap((issue) => sentences(issue, written))

function sentences(issue: z.core.$ZodIssue, written: unknown): readonly string[] {
  const where = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      (key) => `${[...issue.path, key].map(String).join('.')}: unknown field, correct its spelling or remove it`,
    )
  const value = valueAt(written, issue.path)
  if (issue.code === 'invalid_type')
    return [
      value === undefined || value === null
        ? `${where || 'the file'}: is missing, add it as ${kindOf(issue.expected)}`
        : `${where || 'the file'}: must be ${kindOf(issue.expected)}${found(issue.path, value)}`,
    ]
  return [`${where || 'the file'}: ${issue.message}${found(issue.path, value)}`]
}

const KINDS: Readonly<Record<string, string>> = { object: 'fields of its own', array: 'a list', string: 'text' }
const kindOf = (expected: string): string => KINDS[expected] ?? `a ${expected}`

const valueAt = (written: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    written,
  )

function found(path: readonly PropertyKey[], value: unknown): string {
  if (value === undefined || typeof value === 'object' || path.some((part) => UNREPEATED.has(String(part)))) return ''
  const text = JSON.stringify(value)
  return ` (found ${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text})`
}
