import type { AccountKey } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import { canonicalJson, hashOfText, parseCanonical } from '../model/canonical.ts'
import { DecisionsMissing } from '../model/decisions-missing.ts'
import type { Approval, Decision, Plan, PlanChunk, PlanHeader, PlanId } from '../model/plan.ts'
import type { PlanStore } from '../ports/store.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { type Attributes, attributesIn, type Item, textIn, toItem } from './attributes.ts'
import { transactAudited } from './audited.ts'
import { type Backing, type Database, database } from './database.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { ABSENT, condition } from './expressions.ts'
import {
  CHUNK_PREFIX,
  chunkKey,
  HOLDS_PREFIX,
  headerKey,
  holdsKey,
  LAST,
  PLAN_PREFIX,
  planIndexKey,
  planPk,
  portfolioPk,
  progressKey,
  sortableInstant,
} from './keys.ts'
import { readProgress } from './money-items.ts'
import { chunksOfPlan, headerOf, holdsOfPlan } from './plan-chunks.ts'
import type { WholeAction } from './transaction.ts'

const PLAN_SCHEMA = 1

export function dynamoPlanStore(backing: Backing): PlanStore {
  const db = database(backing)
  return {
    put: (plan, approval) => put(db, plan, approval),
    header: (id) => header(db, id),
    latest: async (portfolio) => (await recent(db, portfolioPk(portfolio), 1))[0],
    recent: (portfolio, limit) => recent(db, portfolioPk(portfolio), limit),
    between: (portfolio, from, to) => between(db, portfolioPk(portfolio), from, to),
    chunk: (of, account, index) => chunk(db, of, account, index),
    decisions: (of) => decisions(db, of),
    decide: (id, seen, next) => decide(db, id, seen, next),
    async progress(id) {
      const item = await db.get('control', progressKey(id))
      return item && readProgress(item)
    },
  }
}

/** The header comes last, so that a plan with a header is whole. */
async function put(db: Database, plan: Plan, approval: Approval): Promise<PlanHeader> {
  const stored = await header(db, plan.id)
  if (stored) return stored
  const chunks = chunksOfPlan(plan)
  const made = headerOf(plan, approval, chunks)
  await db.putAll('control', [
    ...chunks.map(({ chunk, text, hash, positions }) =>
      planItem(plan, chunkKey(plan.id, chunk.account, chunk.index), {
        account: chunk.account,
        phase: chunk.phase,
        changes: chunk.changes.length,
        hash,
        chunk: text,
        positions: JSON.stringify(positions),
      }),
    ),
    ...holdsOfPlan(plan).map(({ decisions, positions }, index) =>
      planItem(plan, holdsKey(plan.id, index), {
        holds: decisions.length,
        decisions: canonicalJson(decisions),
        positions: JSON.stringify(positions),
      }),
    ),
  ])
  const outcome = await transactAudited(db, {
    token: ['plan', plan.id, canonicalJson(approval)].join('\n'),
    chain: chainOf(made),
    at: made.madeAt,
    actions: headerActions(made),
    entries: [approvalEntry(plan.id, approval)],
  })
  if (outcome.kind === 'committed') return made
  // Another run of the same turn stored the same plan meanwhile.
  const theirs = await header(db, plan.id)
  if (!theirs)
    throw new Error(`plan ${plan.id} could not be stored: ${outcome.on.join(', ')} is being written by others`)
  return theirs
}

const common = ({ madeAt }: Pick<Plan, 'madeAt'>): Attributes => ({
  asOf: isoInstant(madeAt),
  expiresAt: expiresAfter(madeAt, KEPT_DAYS.record),
  schemaVersion: PLAN_SCHEMA,
})

const planItem = (plan: Plan, key: ReturnType<typeof headerKey>, attributes: Attributes): Item =>
  toItem({ ...key, ...attributes, ...common(plan) })

const approvalAttributes = (approval: Approval) => ({
  approvalKind: approval.kind,
  approval: canonicalJson(approval),
})

function headerActions({ approval, ...rest }: PlanHeader): readonly WholeAction[] {
  const { id, portfolio, madeAt, counts } = rest
  const figures = { planId: id, ...counts, ...common(rest) }
  return [
    {
      kind: 'put',
      name: `plan ${id}`,
      table: 'control',
      key: headerKey(id),
      attributes: {
        ...figures,
        portfolio,
        mode: rest.mode,
        policyVersion: rest.policyVersion,
        planExpiresAt: isoInstant(rest.expiresAt),
        dayTargetMicros: rest.dayTarget.micros,
        currency: rest.dayTarget.currency,
        ...approvalAttributes(approval),
        record: canonicalJson(rest),
      },
      when: ABSENT,
    },
    {
      kind: 'put',
      name: `plan ${id} of ${portfolio}`,
      table: 'control',
      key: planIndexKey(portfolio, madeAt, id),
      attributes: figures,
    },
  ]
}

async function header(db: Database, id: PlanId): Promise<PlanHeader | undefined> {
  const item = await db.get('control', headerKey(id))
  return item && readHeader(item)
}

const readHeader = (item: Item): PlanHeader => ({
  ...parseCanonical<Omit<PlanHeader, 'approval'>>(textIn(item, 'record')),
  approval: parseCanonical<Approval>(textIn(item, 'approval')),
})

async function recent(db: Database, pk: string, limit: number): Promise<readonly PlanHeader[]> {
  return headersOf(db, await db.query('control', { pk, prefix: PLAN_PREFIX, newestFirst: true, limit }))
}

const between = async (db: Database, pk: string, from: Instant, to: Instant): Promise<readonly PlanHeader[]> =>
  headersOf(
    db,
    await db.query('control', {
      pk,
      between: [`${PLAN_PREFIX}${sortableInstant(from)}`, `${PLAN_PREFIX}${sortableInstant(to)}${LAST}`],
      newestFirst: true,
    }),
  )

async function headersOf(db: Database, index: readonly Item[]): Promise<readonly PlanHeader[]> {
  const ids = index.map((item) => textIn(item, 'planId') as PlanId)
  const items = await db.getAll('control', ids.map(headerKey))
  const byId = new Map(items.map((item) => [textIn(item, 'planId'), readHeader(item)]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

async function chunk(db: Database, of: PlanHeader, account: AccountKey, index: number): Promise<PlanChunk> {
  const promised = of.accounts.find((each) => each.account === account)?.chunks[index]?.hash
  if (promised === undefined) throw new Error(`plan ${of.id} has no chunk ${index} for account ${account}`)
  const item = await db.get('control', chunkKey(of.id, account, index))
  if (!item) throw new Error(`chunk ${index} of plan ${of.id} for account ${account} is missing: make a new plan`)
  return verified(item, promised)
}

/** @throws Error when the chunk is not what the header promises: it is not what was approved, and must not be pushed */
function verified(item: Item, promised: string): PlanChunk {
  const text = textIn(item, 'chunk')
  const hash = hashOfText(text)
  if (hash !== promised)
    throw new Error(
      `chunk ${textIn(item, 'pk')}/${textIn(item, 'sk')} has hash ${hash}, not ${promised}: it was changed after the plan was made`,
    )
  return parseCanonical<PlanChunk>(text)
}

/** In the order of the plan. @throws DecisionsMissing; Error when any is not as promised */
async function decisions(db: Database, of: PlanHeader): Promise<readonly Decision[]> {
  const [chunks, holds] = await Promise.all(
    [CHUNK_PREFIX, HOLDS_PREFIX].map((prefix) => db.query('control', { pk: planPk(of.id), prefix })),
  )
  const hashes = new Set(of.accounts.flatMap((account) => account.chunks.map(({ hash }) => hash)))
  const changes = (chunks ?? []).flatMap((item) => placed(item, verified(item, known(hashes, item)).changes))
  const held = (holds ?? []).flatMap((item) => placed(item, parseCanonical<Decision[]>(textIn(item, 'decisions'))))
  const all = [...changes, ...held].toSorted((a, b) => a.position - b.position)
  const promised = of.counts.cuts + of.counts.raises + of.counts.holds
  if (all.length !== promised) throw new DecisionsMissing(of.id, all.length, promised)
  return all.map(({ decision }) => decision)
}

/** The hash that the item claims, where the header knows it; otherwise one that nothing has. */
function known(hashes: ReadonlySet<string>, item: Item): string {
  const hash = textIn(item, 'hash')
  return hashes.has(hash) ? hash : 'in the header'
}

function placed(item: Item, decisions: readonly Decision[]) {
  const positions = JSON.parse(textIn(item, 'positions')) as readonly number[]
  return decisions.map((decision, i) => ({ decision, position: positions[i] ?? Number.POSITIVE_INFINITY }))
}

/** In the portfolio's chain, as its policies are. */
const chainOf = ({ portfolio }: Pick<PlanHeader, 'portfolio'>): string => `portfolio/${portfolio}`

const approvalEntry = (plan: PlanId, approval: Approval): AuditEntry => ({
  kind: 'plan',
  plan,
  approval: approval.kind,
  by: approval.kind === 'pending' ? 'nobody yet' : approval.by,
})

/** A plan is taken back when the one that replaces it is made. */
async function decidedAt(db: Database, next: Approval, { madeAt }: PlanHeader): Promise<Instant> {
  if ('at' in next) return next.at
  return (next.kind === 'superseded' ? (await header(db, next.by))?.madeAt : undefined) ?? madeAt
}

async function decide(db: Database, id: PlanId, seen: Approval, next: Approval): Promise<boolean> {
  const item = await db.get('control', headerKey(id))
  if (!item) throw new Error(`plan ${id} is not stored`)
  const seenText = canonicalJson(seen)
  const nextText = canonicalJson(next)
  // Ours already: the same decision by the same hand at the same instant.
  if (textIn(item, 'approval') === nextText) return true
  if (textIn(item, 'approval') !== seenText) return false
  const name = `plan ${id}`
  const outcome = await transactAudited(db, {
    token: ['decide', id, seenText, nextText].join('\n'),
    chain: chainOf(readHeader(item)),
    at: await decidedAt(db, next, readHeader(item)),
    actions: [
      {
        kind: 'put',
        name,
        table: 'control',
        key: headerKey(id),
        attributes: { ...attributesIn(item), ...approvalAttributes(next) },
        when: condition('#approval = :seen', { seen: seenText }),
      },
    ],
    entries: [approvalEntry(id, next)],
  })
  if (outcome.kind === 'committed') return true
  if (outcome.on.includes(name)) return false
  throw new Error(`could not decide about plan ${id}: ${outcome.on.join(', ')} is being written by others; try again`)
}
