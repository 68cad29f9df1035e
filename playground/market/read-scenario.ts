import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type * as z from 'zod'
import { problemsOf } from './check-scenario.ts'
import { type Scenario, scenarioSchema } from './schema.ts'

/** Where the shipped scenarios are. */
export const SCENARIO_FOLDER = join(import.meta.dirname, '..', 'scenarios')
const SCHEMA_FILE = 'scenario.schema.json'

/** A scenario file that cannot be used; the message names the file, the field, the value and the remedy. */
export class ScenarioError extends Error {
  constructor(file: string, problems: readonly string[]) {
    super(problems.map((problem) => `scenario ${file}: ${problem}`).join('\n'))
    this.name = 'ScenarioError'
  }
}

/** Names of the shipped scenarios, in alphabetical order. */
export const shippedScenarios = (): readonly string[] =>
  readdirSync(SCENARIO_FOLDER)
    .filter((file) => file.endsWith('.json') && file !== SCHEMA_FILE)
    .map((file) => basename(file, '.json'))
    .toSorted()

/**
 * @param nameOrPath name of a shipped scenario (`demo`), or path of a JSON file
 * @throws ScenarioError when there is none, or it cannot be used
 */
export function loadScenario(nameOrPath: string): Scenario {
  const shipped = join(SCENARIO_FOLDER, `${nameOrPath}.json`)
  const path = existsSync(shipped) ? shipped : nameOrPath
  if (!existsSync(path))
    throw new ScenarioError(nameOrPath, [`no such file; shipped are ${shippedScenarios().join(', ')}`])
  return readScenario(readFileSync(path, 'utf8'), basename(path))
}

/**
 * @param text JSON text of a scenario
 * @param file name for messages
 * @throws ScenarioError naming each field that is wrong, with its value and what it should be
 */
export function readScenario(text: string, file: string): Scenario {
  const raw = resolved(parsed(text, file), file, [])
  const result = scenarioSchema.safeParse(raw)
  if (!result.success)
    throw new ScenarioError(
      file,
      result.error.issues.flatMap((issue) => sentences(issue, raw)),
    )
  const problems = problemsOf(result.data)
  if (problems.length > 0) throw new ScenarioError(file, problems)
  return result.data
}

function parsed(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch (error) {
    throw new ScenarioError(file, [`is not JSON: ${(error as Error).message}`])
  }
  throw new ScenarioError(file, ['must be a JSON object'])
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function resolved(raw: Record<string, unknown>, file: string, seen: readonly string[]): Record<string, unknown> {
  const base = raw.extends
  if (base === undefined) return raw
  const path = join(SCENARIO_FOLDER, `${base}.json`)
  if (typeof base !== 'string' || !shippedScenarios().includes(base))
    throw new ScenarioError(file, [`extends: ${JSON.stringify(base)} must be one of ${shippedScenarios().join(', ')}`])
  if (seen.includes(base)) throw new ScenarioError(file, [`extends: ${[...seen, base].join(' → ')} goes in a circle`])
  const under = resolved(parsed(readFileSync(path, 'utf8'), basename(path)), basename(path), [...seen, base])
  return merged(under, raw)
}

/** Objects merge field by field; anything else, lists included, is replaced. */
function merged(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = result[key]
    result[key] = isObject(below) && isObject(value) ? merged(below, value) : value
  }
  return result
}

type Issue = z.core.$ZodIssue

const pathText = (path: readonly PropertyKey[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`)).join('')

const valueAt = (raw: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], raw)

function sentences(issue: Issue, raw: unknown): readonly string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      (key) => `${pathText([...issue.path, key])}: unknown field; correct its spelling or remove it`,
    )
  const value = valueAt(raw, issue.path)
  const where = pathText(issue.path) || 'the whole'
  if (value === undefined && issue.code !== 'custom') return [`${where}: is missing; ${remedy(issue)}`]
  return [`${where}: ${shortened(value)} ${remedy(issue)}`]
}

function remedy(issue: Issue): string {
  if (issue.code === 'invalid_type')
    return `must be ${issue.expected === 'record' ? 'an object' : `of type ${issue.expected}`}`
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map((v) => JSON.stringify(v)).join(', ')}`
  if (issue.code === 'invalid_union') return 'must have a known "kind"'
  return issue.message.startsWith('must') ? issue.message : `is refused: ${issue.message}`
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
