import { failureText } from '../../lib/control/failure-text.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { valueWords } from '../../lib/decide/words.ts'
import { type AccountKey, parseAccountKey } from '../../lib/model/account.ts'
import { type IntentId, type IntentRecord, intentId, type Outcome } from '../../lib/model/intent.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { ChangeDecision, PlanHeader } from '../../lib/model/plan.ts'

/** What became of one change of a plan. */
export interface Receipt {
  readonly account: AccountKey
  readonly decision: ChangeDecision
  /** `verified`, `waiting`, or why not: the audit's own words. */
  readonly outcome: string
  readonly detail: string
}

/** One receipt per change, in the order of the push: from the intents, and from the audit for what never became one. */
export async function receiptsOf(header: PlanHeader, desk: Loop): Promise<readonly Receipt[]> {
  const progress = await desk.plans.progress(header.id)
  const perAccount = await Promise.all(
    header.accounts.map(async ({ account, chunks }) => {
      const records = await desk.money.intents(parseAccountKey(account), header.id)
      const intents = new Map(records.map((record) => [record.intent.id, record]))
      const passed = await Promise.all(chunks.map((_, index) => desk.plans.chunk(header, account, index)))
      const open = progress?.cursors[account] ?? 0
      const unexplained = passed
        .slice(0, open)
        .some(({ changes }) => changes.some((one) => !intents.has(idOf(header, one))))
      const audited = unexplained ? await auditedOutcomes(header, account, desk) : new Map<string, Dropped>()
      return passed.flatMap(({ changes, index }) =>
        changes.map((decision): Receipt => {
          const id = idOf(header, decision)
          const found = index < open ? (fromIntent(intents.get(id)) ?? audited.get(id) ?? LOST) : WAITING
          return { account, decision, ...found }
        }),
      )
    }),
  )
  return perAccount.flat()
}

type Dropped = Pick<Receipt, 'outcome' | 'detail'>

const WAITING: Dropped = { outcome: 'waiting', detail: 'not pushed yet' }
const LOST: Dropped = { outcome: 'unknown', detail: 'neither intent nor audit record was found' }

const idOf = ({ id }: PlanHeader, { change }: ChangeDecision): IntentId => intentId(id, leverKey(change.lever))

const fromIntent = (record: IntentRecord | undefined): Dropped | undefined => {
  if (!record) return undefined
  if (!record.outcome) return { outcome: 'unknown', detail: 'no answer has come yet; counted at the worse value' }
  return fromOutcome(record.outcome)
}

function fromOutcome(outcome: Outcome): Dropped {
  switch (outcome.kind) {
    case 'applied':
      return outcome.readback.kind === 'not-read'
        ? { outcome: 'unknown', detail: outcome.readback.detail }
        : { outcome: outcome.readback.kind, detail: `reads ${valueWords(outcome.readback.value)}` }
    case 'refused':
      return { outcome: 'refused', detail: failureText(outcome.failure) }
    case 'drifted':
      return { outcome: 'drifted', detail: `it stands at ${valueWords(outcome.observed)}` }
    case 'already-there':
      return { outcome: 'already-there', detail: `nothing was sent: it stands at ${valueWords(outcome.value)} already` }
    case 'frozen':
      return { outcome: 'frozen', detail: outcome.freeze }
    case 'unknown':
      return { outcome: 'unknown', detail: `${outcome.detail}; counted at the worse value until a reading settles it` }
    case 'shadowed':
      return { outcome: 'shadowed', detail: 'recorded, not pushed' }
  }
}

/** What the audit says of the plan's changes that were never sent. */
async function auditedOutcomes(
  { id }: PlanHeader,
  account: AccountKey,
  desk: Loop,
): Promise<ReadonlyMap<string, Dropped>> {
  const found = new Map<string, Dropped>()
  for await (const { entries } of desk.audit.records(account))
    for (const entry of entries)
      if (entry.kind === 'settled' && entry.intent.startsWith(`${id}/`))
        found.set(entry.intent, { outcome: entry.outcome, detail: entry.detail })
  return found
}
