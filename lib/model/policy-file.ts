import { parse as parseYaml, YAMLParseError } from 'yaml'
import type { ZodError } from 'zod'
import type { Money } from '../units/money.ts'
import { type AccountRef, accountKey, sameAccount } from './account.ts'
import { hashOf } from './canonical.ts'
import type { Policy, PolicyVersion } from './policy.ts'
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

function describeIssues(error: ZodError, input: unknown): readonly string[] {
  return error.issues.map((issue) => {
    const path = issue.path.map(String).join('.') || 'the file'
    const value = valueAt(input, issue.path)
    const shown = value === undefined || typeof value === 'object' ? '' : ` (found ${JSON.stringify(value)})`
    return `${path}: ${issue.message}${shown}`
  })
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

/** What the fields say of each other. */
function contradictions(policy: Policy): readonly string[] {
  const problems: string[] = []
  const inBase = (field: string, amount: Money | undefined): void => {
    if (amount && amount.currency !== policy.baseCurrency)
      problems.push(`${field}: ${amount.currency} must be the base currency, ${policy.baseCurrency}`)
  }
  inBase('flight.total', policy.flight.total)
  inBase('dayCap', policy.dayCap)
  inBase('guardrails.minDailyBudget', policy.guardrails.minDailyBudget)
  inBase('guardrails.maxDailyBudget', policy.guardrails.maxDailyBudget)

  const known = (ref: AccountRef): boolean => policy.accounts.some(({ account }) => sameAccount(account, ref))
  const seen = new Set<string>()
  for (const [i, { account }] of policy.accounts.entries()) {
    if (seen.has(accountKey(account))) problems.push(`accounts.${i}.account: ${accountKey(account)} is given twice`)
    seen.add(accountKey(account))
  }
  for (const [i, { account }] of policy.bounds.entries())
    if (!known(account)) problems.push(`bounds.${i}.account: ${accountKey(account)} is not among the accounts`)
  for (const [i, { match }] of policy.members.entries())
    if (match.account && !known(match.account))
      problems.push(`members.${i}.account: ${accountKey(match.account)} is not among the accounts`)
  return problems
}
