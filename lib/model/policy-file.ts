import { parse as parseYaml, YAMLParseError } from 'yaml'
import type { ZodError } from 'zod'
import { hashOf } from './canonical.ts'
import type { Policy, PolicyVersion } from './policy.ts'
import { contradictions } from './policy-contradictions.ts'
import { policySchema } from './policy-schema.ts'

/** Every problem of a policy file at once, each naming the field, the value and the remedy. */
export class PolicyFileError extends Error {
  readonly problems: readonly string[]
  constructor(file: string, problems: readonly string[]) {
    super(`${file} cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'PolicyFileError'
    this.problems = problems
  }
}

/**
 * Reads a policy from YAML.
 *
 * @param file name to show in errors
 * @throws PolicyFileError with every problem found; nothing is half-read
 */
export const readPolicy = (text: string, file: string): PolicyVersion => policyFrom(fromYaml(text, file), file)

/** The same for a policy that is data already, in the file's form. @throws PolicyFileError */
export function policyFrom(written: unknown, file: string): PolicyVersion {
  const parsed = policySchema.safeParse(written)
  if (!parsed.success) throw new PolicyFileError(file, describeIssues(parsed.error, written))
  const policy = withoutUndefined(parsed.data) as Policy
  const problems = contradictions(policy)
  if (problems.length > 0) throw new PolicyFileError(file, problems)
  return versionOf(policy)
}

/** The policy with the name of its content. */
export const versionOf = (policy: Policy): PolicyVersion => ({ version: hashOf(policy).slice(0, 16), policy })

function fromYaml(text: string, file: string): unknown {
  try {
    return parseYaml(text)
  } catch (error) {
    if (error instanceof YAMLParseError) throw new PolicyFileError(file, [`not YAML: ${error.message}`])
    throw error
  }
}

const describeIssues = (error: ZodError, input: unknown): readonly string[] =>
  error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) =>
          described([...issue.path, key], 'is not a field of a policy: remove it or correct its name', input),
        )
      : [described(issue.path, issue.message, input)],
  )

function described(path: readonly PropertyKey[], message: string, input: unknown): string {
  const value = valueAt(input, path)
  const found = value === undefined ? 'missing' : `found ${JSON.stringify(value).slice(0, 80)}`
  return `${path.map(String).join('.') || 'the file'}: ${message} (${found})`
}

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  )

// The schema yields members that are present and undefined; the policy's types leave them out.
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null) return value
  const known = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(known.map(([key, member]) => [key, withoutUndefined(member)]))
}
