import { constants, createReadStream, createWriteStream, existsSync } from 'node:fs'
import { access, rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AuditCheck, AuditFinding } from '../../lib/model/audit.ts'
import { type AuditArchive, auditArchive } from '../../lib/store/audit-archive.ts'
import { restoreLog } from '../../lib/store/audit-restore.ts'
import { type AuditLine, type FileReading, lineText, readAuditFile } from '../../lib/store/audit-text.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

export interface VerifyOptions {
  /** Only the chain's records, from this one on. */
  readonly from?: number | undefined
  readonly chain?: string | undefined
  /** An export, absolute, instead of the tables. */
  readonly file?: string | undefined
}

/** Whether the log is as it was written, and the state its fold. Writes nothing. */
export async function auditVerify(options: VerifyOptions, deployment: Deployment, screen: Screen): Promise<ExitCode> {
  const { file, from, chain } = options
  if (file !== undefined) return verifyFile(file, screen)
  const archive = auditArchive(deployment.tables)
  if (chain !== undefined) {
    await asked(chain, from ?? 1, archive, deployment)
    return tell([await archive.verifyFrom(chain, from ?? 1)], false, screen)
  }
  if (from !== undefined) throw new Error('--from counts the records of one chain: name it with --chain')
  return tell(await archive.verify(deployment.clock.now()), true, screen)
}

/** @throws Error where there is no such chain, or it ends before: nothing is wrong with the log then */
async function asked(chain: string, from: number, archive: AuditArchive, { desk }: Deployment): Promise<void> {
  const chains = await archive.chains()
  if (!chains.includes(chain)) throw new Error(`--chain ${chain}: there are ${chains.join(', ') || 'none yet'}`)
  const head = await desk.audit.head(chain)
  if (head && from > head.sequence) throw new Error(`--from ${from}: chain ${chain} ends with record ${head.sequence}`)
}

function tell(checks: readonly AuditCheck[], withState: boolean, screen: Screen): ExitCode {
  const findings = checks.flatMap((check) => check.findings)
  for (const { chain, records, items, head } of checks)
    screen.print(
      `${chain}: ${records} records${withState ? `, ${items} items` : ''}, stands at ${head.sequence} ${head.hash}`,
    )
  tellFindings(findings, screen)
  if (findings.length === 0)
    screen.print(withState ? 'Intact, and the state is the fold of the log.' : 'Intact. The state was not looked at.')
  const exitCode = findings.length === 0 ? EXIT.done : EXIT.failed
  screen.record({
    schemaVersion: JSON_SCHEMA,
    command: 'audit verify',
    intact: findings.length === 0,
    checks,
    exitCode,
  })
  return exitCode
}

function tellFindings(findings: readonly AuditFinding[], screen: Screen): void {
  for (const { problem, remedy } of findings) screen.warn(`${problem}\n  What to do: ${remedy}.`)
}

async function verifyFile(file: string, screen: Screen): Promise<ExitCode> {
  await readable(file)
  const reading = await readAuditFile(linesIn(file))
  const intact = reading.findings.length === 0
  tellFindings(reading.findings, screen)
  if (intact) screen.print(`Intact: ${reading.heads.size} chains, ${reading.records} records.`)
  const exitCode = intact ? EXIT.done : EXIT.failed
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'audit verify', intact, ...readingJson(reading), exitCode })
  return exitCode
}

const readingJson = ({ heads, records, findings }: FileReading) => ({
  heads: [...heads].map(([chain, head]) => ({ chain, ...head })),
  records,
  findings,
})

const linesIn = (file: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })

/** Who changed what on a platform stands in it, usually as an e-mail address. */
const FOR_THE_OWNER = 0o600

/**
 * Writes the whole log, a line at a time; a file of that name is only there once it is whole.
 *
 * @throws Error where there is one already: an older export is what a rewritten chain is held against
 */
export async function auditExport(file: string, deployment: Deployment, screen: Screen): Promise<ExitCode> {
  if (existsSync(file)) throw new Error(`${file} is there already: name another, an older export is worth keeping`)
  const unfinished = `${file}.unfinished`
  let lines: Extract<AuditLine, { kind: 'end' }> | undefined
  const archive = auditArchive(deployment.tables)
  async function* texts(): AsyncIterable<string> {
    for await (const line of archive.lines(deployment.clock.now())) {
      if (line.kind === 'end') lines = line
      if (line.kind === 'head') screen.tell(`${line.chain} stands at ${line.sequence} ${line.hash}`)
      yield `${lineText(line)}\n`
    }
  }
  try {
    await pipeline(Readable.from(texts()), createWriteStream(unfinished, { mode: FOR_THE_OWNER }))
    const { findings } = await readAuditFile(linesIn(unfinished))
    if (findings.length > 0) {
      tellFindings(findings, screen)
      throw new Error('what the tables hold is no sound log: look with "sluice audit verify"; nothing was exported')
    }
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  const { chains = 0, records = 0 } = lines ?? {}
  screen.print(`${file}: ${chains} chains, ${records} records, sound.`)
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'audit export', file, chains, records })
  return EXIT.done
}

/**
 * Puts the log of an export and the state that it folds to into empty tables, with everything frozen before anything else is
 * there, and checks them: what happened since the export is known to the platforms only.
 */
export async function restore(file: string, by: string, deployment: Deployment, screen: Screen): Promise<ExitCode> {
  await readable(file)
  const at = deployment.clock.now()
  const restored = await restoreLog(deployment.tables, () => linesIn(file), { by, at })
  if (restored.findings.length > 0) {
    tellFindings(restored.findings, screen)
    screen.warn('Nothing was written.')
    const json = { ...readingJson(restored), exitCode: EXIT.failed }
    screen.record({ schemaVersion: JSON_SCHEMA, command: 'restore', ...json })
    return EXIT.failed
  }
  const { records, items, closed } = restored
  screen.print(`Restored ${records} records and ${items} items. Everything is frozen.`)
  if (closed > 0)
    screen.print(`${closed} plans that were not done with are rejected: what was left of them is not in the log.`)
  const code = tell(await auditArchive(deployment.tables).verify(at), true, screen)
  screen.tell('Next: sluice pull, sluice plan, and when both look right: sluice unfreeze everything')
  return code
}

/** @throws Error where it is not, before anything else is looked at */
async function readable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK)
  } catch {
    throw new Error(`${file} cannot be read: name a file of "sluice audit export"`)
  }
}
