import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AuditCheck, AuditFinding } from '../../lib/model/audit.ts'
import { EVERYTHING } from '../../lib/model/freeze.ts'
import { type AuditArchive, auditArchive } from '../../lib/store/audit-archive.ts'
import { type AuditLine, type FileReading, lineText, readAuditFile } from '../../lib/store/audit-text.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

export interface VerifyOptions {
  /** Only this chain's records, from this one on. */
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
  if (from === undefined && chain === undefined) return tell(await archive.verify(deployment.clock.now()), true, screen)
  const chains = chain === undefined ? await archive.chains() : [chain]
  const checks: AuditCheck[] = []
  for (const one of chains) checks.push(await archive.verifyFrom(one, from ?? 1))
  return tell(checks, false, screen)
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

/** Writes the whole log, a line at a time; a file of that name is only there once it is whole. */
export async function auditExport(file: string, deployment: Deployment, screen: Screen): Promise<ExitCode> {
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
    await pipeline(Readable.from(texts()), createWriteStream(unfinished))
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
 * Puts the log of an export and the state that it folds to into empty tables, checks them, and freezes everything: what
 * happened since the export is known to the platforms only.
 */
export async function restore(file: string, by: string, deployment: Deployment, screen: Screen): Promise<ExitCode> {
  const archive: AuditArchive = auditArchive(deployment.tables)
  const restored = await archive.restore(() => linesIn(file))
  if (restored.findings.length > 0) {
    tellFindings(restored.findings, screen)
    screen.warn('Nothing was written.')
    const json = { ...readingJson(restored), exitCode: EXIT.failed }
    screen.record({ schemaVersion: JSON_SCHEMA, command: 'restore', ...json })
    return EXIT.failed
  }
  const at = deployment.clock.now()
  await deployment.freezes.freeze({ scope: EVERYTHING, reason: 'restored from an export of the audit', by, at })
  screen.print(`Restored ${restored.records} records and ${restored.items} items. Everything is frozen.`)
  const code = tell(await archive.verify(at), true, screen)
  screen.tell('Next: sluice pull, sluice plan, and when both look right: sluice unfreeze everything')
  return code
}
