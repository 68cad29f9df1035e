import { readFile, writeFile } from 'node:fs/promises'
import { canonicalJson, hashOf, parseCanonical } from '../../lib/model/canonical.ts'
import type { Plan } from '../../lib/model/plan.ts'
import { JSON_SCHEMA } from './exit.ts'

const KIND = 'sluice-plan'

interface PlanFile {
  readonly kind: typeof KIND
  readonly schemaVersion: number
  readonly plan: Plan
}

/** The name that a plan of this content must have: see `decide`. */
const nameOf = ({ id, decisions, ...terms }: Plan): string => hashOf({ terms, decisions }).slice(0, id.length)

export const writePlanFile = (path: string, plan: Plan): Promise<void> =>
  writeFile(path, `${canonicalJson({ kind: KIND, schemaVersion: JSON_SCHEMA, plan })}\n`)

/** @throws Error when the file is none of ours, or its content is not what the plan's name was taken of */
export async function readPlanFile(path: string): Promise<Plan> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read (${error.code}): name a file of "sluice plan --out", or a plan's id`)
  })
  const { plan } = parsed(text, path)
  const name = nameOf(plan)
  if (name !== plan.id)
    throw new Error(
      `${path} was changed after the plan was made: its content is ${name}, not ${plan.id}; make a new one with "sluice plan --out ${path}"`,
    )
  return plan
}

function parsed(text: string, path: string): PlanFile {
  const written = tried(text)
  if (!isPlanFile(written)) throw new Error(`${path} is not a plan: make one with "sluice plan --out ${path}"`)
  if (written.schemaVersion !== JSON_SCHEMA)
    throw new Error(
      `${path} has schema version ${written.schemaVersion}, this Sluice reads ${JSON_SCHEMA}: make the plan again`,
    )
  return written
}

function tried(text: string): unknown {
  try {
    return parseCanonical(text)
  } catch {
    return undefined
  }
}

const isPlanFile = (value: unknown): value is PlanFile => {
  const { kind, plan } = (value ?? {}) as Partial<PlanFile>
  return kind === KIND && typeof plan?.id === 'string' && plan.id.length >= 16 && Array.isArray(plan.decisions)
}
