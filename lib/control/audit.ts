import { type AccountRef, accountKey, sameAccount } from '../model/account.ts'
import type { AuditCheck, AuditEntry, AuditFinding } from '../model/audit.ts'
import { hashOf } from '../model/canonical.ts'
import { EVERYTHING, type FreezeScope, freezeScope } from '../model/freeze.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { Auditor } from '../ports/store.ts'
import { HOUR_MS, type Instant } from '../units/calendar.ts'
import type { Loop } from './loop.ts'
import type { Summary } from './summary.ts'

/** The state is not the fold of the log, or the log is not as it was written. */
export class StateDiffers extends Error {
  constructor(findings: readonly AuditFinding[]) {
    const [first] = findings
    const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : ''
    super(`${first?.problem}${more}. Pushes are frozen. ${first?.remedy}; see all of it with "sluice audit verify"`)
    this.name = 'StateDiffers'
  }
}

/** Chains of no account and no portfolio. Whoever takes records out of one of them may have written anywhere. */
const COMMON: readonly string[] = ['freezes', 'alerts']

/** Every turn of a quarter of an hour comes by here; those of whole hours look. */
export const isAuditDue = (turn: Instant): boolean => turn % HOUR_MS === 0

/**
 * Compares what the tables hold of an account with what the log says, and of the portfolios, freezes and alerts that it is
 * the first account of. The result goes into the account's chain, and where each chain stands into the log line of the turn:
 * who rewrites a chain later does not rewrite that.
 *
 * @throws StateDiffers after freezing what is concerned
 */
export async function auditAccount(account: AccountRef, loop: Loop): Promise<Summary> {
  const { auditor } = loop
  if (!auditor) return {}
  const policies = await loop.policies.all()
  const checks = await checksOf(chainsOf(account, policies), auditor, loop.clock.now())
  await record(account, checks, loop)
  const findings = checks.flatMap((check) => check.findings)
  if (findings.length > 0) {
    for (const check of checks) if (check.findings.length > 0) await freeze(check, policies, loop)
    throw new StateDiffers(findings)
  }
  return {
    auditHeads: checks.map(({ chain, head }) => `${chain}@${head.sequence}=${head.hash}`).join(' '),
    auditRecords: checks.reduce((sum, { records }) => sum + records, 0),
    auditItems: checks.reduce((sum, { items }) => sum + items, 0),
  }
}

/** Each chain has one account whose turn looks at it. */
function chainsOf(account: AccountRef, policies: readonly PolicyVersion[]): readonly string[] {
  const leads = ({ policy }: PolicyVersion): boolean => {
    const [first] = policy.accounts
    return first !== undefined && sameAccount(first.account, account)
  }
  const led = policies.filter(leads).map(({ policy }) => `portfolio/${policy.portfolio}`)
  const [first] = policies
  return [accountKey(account), ...led, ...(first && leads(first) ? COMMON : [])]
}

async function checksOf(chains: readonly string[], auditor: Auditor, now: Instant): Promise<readonly AuditCheck[]> {
  const checks: AuditCheck[] = []
  for (const chain of chains) checks.push(await auditor.check(chain, now))
  return checks
}

async function record(account: AccountRef, checks: readonly AuditCheck[], loop: Loop): Promise<void> {
  const commit = {
    ...{ chain: accountKey(account), at: loop.clock.now(), levers: [], intents: [] },
    entries: checks.map(entryOf),
  }
  // A conflict is a turn that was delivered twice within the same millisecond: it has been recorded.
  await loop.money.commit({ ...commit, token: hashOf(commit).slice(0, 36) })
}

const entryOf = ({ chain, head, items, findings }: AuditCheck): AuditEntry => ({
  ...{ kind: 'audit-check', chain, sequence: head.sequence, hash: head.hash, items },
  outcome: findings.length === 0 ? 'equal' : 'differs',
  detail: findings
    .slice(0, 3)
    .map(({ problem }) => problem)
    .join('; '),
})

/** What a chain is about is not pushed to any more until a person has looked. */
async function freeze({ chain, findings }: AuditCheck, policies: readonly PolicyVersion[], loop: Loop): Promise<void> {
  const scopes = scopesOf(chain, policies)
  const frozen = new Set((await loop.freezes.active(scopes)).map(({ scope }) => scope))
  const reason = `the tables are not what the log says: ${findings[0]?.problem}`
  for (const scope of scopes)
    if (!frozen.has(scope)) await loop.freezes.freeze({ scope, reason, by: 'audit', at: loop.clock.now() })
}

function scopesOf(chain: string, policies: readonly PolicyVersion[]): readonly FreezeScope[] {
  const own = policies.find(({ policy }) => `portfolio/${policy.portfolio}` === chain)
  if (own) return own.policy.accounts.map(({ account }) => freezeScope(`account/${accountKey(account)}`))
  return COMMON.includes(chain) ? [EVERYTHING] : [freezeScope(`account/${chain}`)]
}
