import type { AccountId, AccountRef } from '../../model/account.ts'
import type { PlatformFailure, WriteResult } from '../../model/failure.ts'
import type { Lever, LeverChange } from '../../model/lever.ts'
import { useOf } from '../../model/request-limits.ts'
import type { Customer, Customers } from './account.ts'
import { codeOf, failureOf, leavesDoubt } from './failures.ts'
import { badId, isId } from './gaql.ts'
import { type Now, readNow, type Wanted } from './lever-rows.ts'
import { criteriaOf } from './live.ts'
import { isOperation, type Operation, operationOf } from './operations.ts'
import { failureIn, type GoogleAdsRest, type MutateOutcome } from './rest.ts'
import { errorsOf, type GoogleAdsError, type MutateAnswer } from './schema.ts'

/** Far below Google's 10,000; an answer of this size is small enough to be read in any Lambda. */
const BATCH = 1_000

const refused = (failure: PlatformFailure): WriteResult => ({ kind: 'refused', failure })
const unknown = (detail: string): WriteResult => ({ kind: 'unknown', detail })

const isTarget = ({ kind }: Lever): boolean => kind === 'target-cpa' || kind === 'target-roas'
const isMultiplier = ({ kind }: Lever): boolean => kind === 'bid-multiplier'

/** Only what decides how a change is written: the strategies in force, and the criteria that exist. */
const wantedFor = (levers: readonly Lever[]): Wanted => ({
  budgets: [],
  adGroups: [],
  campaigns: ids(levers, (of) => of.entity === 'campaign' && (isTarget(of) || isMultiplier(of))),
  strategies: ids(levers, (of) => of.entity === 'portfolio-strategy' && isTarget(of)),
  ...criteriaOf(levers),
})
const ids = (levers: readonly Lever[], of: (lever: Lever) => boolean) => levers.filter(of).map(({ id }) => id)

function misplaced({ lever }: LeverChange, account: AccountRef): PlatformFailure | undefined {
  if (lever.account.platform !== account.platform || lever.account.id !== account.id) {
    const detail = `lever of ${lever.account.platform}:${lever.account.id} in a push to ${account.platform}:${account.id}`
    return { kind: 'rejected', code: 'WRONG_ACCOUNT', detail }
  }
  return isId(lever.id) ? undefined : badId(lever.id)
}

/** One change on its way: what will be sent, until there is a result. */
interface Pending {
  readonly index: number
  readonly operation: Operation
}

/**
 * Batches in which no resource comes twice: Google refuses a request with two operations on one resource
 * (`ID_EXISTS_IN_MULTIPLE_MUTATES`). They are not merged either, so that a pause does not fail for a bad target.
 */
export function batches(pending: readonly Pending[]): readonly (readonly Pending[])[] {
  const all: { readonly names: Set<string>; readonly members: Pending[] }[] = []
  for (const one of pending) {
    const { resourceName } = one.operation
    const roomy = all.find(({ names, members }) => !names.has(resourceName) && members.length < BATCH)
    const batch = roomy ?? { names: new Set(), members: [] }
    if (!roomy) all.push(batch)
    batch.names.add(resourceName)
    batch.members.push(one)
  }
  // Google works fastest through operations that are grouped by kind.
  return all.map(({ members }) => members.toSorted((a, b) => a.operation.resource.localeCompare(b.operation.resource)))
}

/** Which operation an error is about, from `mutate_operations[i]`; `undefined` where Google does not say. */
function indexOf({ location }: GoogleAdsError): number | undefined {
  const found = location?.fieldPathElements.find(({ fieldName }) =>
    /^(mutate_?operations|operations)$/i.test(fieldName ?? ''),
  )
  return found?.index
}

/** What a created one is called is Google's to say, but not how names are made. */
const isCreatedName = (name: string | undefined): boolean => /^customers\/\d+\/[A-Za-z]+\/[\d~]+$/.test(name ?? '')

function resultOf(
  operation: Operation,
  index: number,
  answer: MutateAnswer,
  errors: readonly GoogleAdsError[],
): WriteResult {
  const mine = errors.filter((error) => indexOf(error) === index)
  const named = answer.mutateOperationResponses[index]?.[`${operation.resource}Result`]?.resourceName
  const isCreated = 'create' in operation.body
  const isConfirmed = isCreated ? isCreatedName(named) : named === operation.resourceName
  const failure = failureOf(mine)
  if (failure && named === undefined) return leavesDoubt(mine) ? unknown(failure.detail) : refused(failure)
  if (failure) return unknown(`both a result and an error: ${failure.detail}`)
  if (isConfirmed) return { kind: 'applied' }
  const unplaced = errors.filter((error) => indexOf(error) === undefined).map(codeOf)
  return unknown(`the answer neither confirms nor refuses ${operation.resourceName} ${unplaced.join(', ')}`.trim())
}

/** One result for each operation of a request, in order. What is not positively confirmed is `unknown`. */
export function resultsOf(operations: readonly Operation[], outcome: MutateOutcome): readonly WriteResult[] {
  if (outcome.kind === 'unknown') return operations.map(() => unknown(outcome.detail))
  if (outcome.kind === 'refused') return operations.map(() => refused(outcome.failure))
  const { answer } = outcome
  const errors = answer.partialFailureError ? errorsOf(answer.partialFailureError) : []
  return operations.map((operation, index) => resultOf(operation, index, answer, errors))
}

/** Sends operations once; does not throw. */
export async function send(
  rest: GoogleAdsRest,
  account: AccountId,
  operations: readonly Operation[],
): Promise<readonly WriteResult[]> {
  return resultsOf(operations, await rest.mutate(account, wireOf(operations)))
}

const wireOf = (operations: readonly Operation[]) =>
  operations.map(({ resource, body }) => ({ [`${resource}Operation`]: body }))

/**
 * Pushes absolute values, each at most once. One result for each change, in order; does not throw. The first request whose
 * token was refused goes once more, in time and if nothing holds it back: it was not carried out.
 */
export async function applyChanges(
  through: GoogleAdsRest,
  customerOf: Customers,
  account: AccountRef,
  changes: readonly LeverChange[],
  inTime: () => boolean = () => true,
  look: () => Promise<(lever: Lever) => string | undefined> = async () => () => undefined,
): Promise<readonly WriteResult[]> {
  const results: WriteResult[] = changes.map((change) =>
    refused(misplaced(change, account) ?? { kind: 'transient', detail: 'not sent' }),
  )
  const ours = changes.map((change, index) => ({ change, index })).filter(({ change }) => !misplaced(change, account))
  if (ours.length === 0) return results
  const use = useOf(changes)
  const rest = through.as(use)
  let context: { account: AccountId; currency: Customer['currency']; now: Now }
  try {
    const { currency } = await customerOf(account.id, use)
    context = {
      account: account.id,
      currency,
      now: await readNow(rest, account.id, wantedFor(ours.map((o) => o.change.lever))),
    }
  } catch (error) {
    const failure = failureIn(error)
    for (const { index } of ours) results[index] = refused(failure)
    return results
  }
  const pending: Pending[] = []
  for (const { change, index } of ours) {
    const planned = operationOf(change, context)
    if (isOperation(planned)) pending.push({ index, operation: planned })
    else results[index] = refused(planned)
  }
  const queue = [...batches(pending)]
  let isRenewed = false
  for (const [nth, planned] of queue.entries()) {
    // Reading may have taken the time that was left: what is not sent stays refused as such.
    if (!inTime()) break
    const halts = nth === 0 ? () => undefined : await look()
    const batch = planned.filter(({ index }) => {
      const why = halts(changes[index]!.lever)
      if (why !== undefined) results[index] = refused({ kind: 'transient', detail: `not sent: ${why}` })
      return why === undefined
    })
    if (batch.length === 0) continue
    const operations = batch.map(({ operation }) => operation)
    const outcome = await rest.mutate(account.id, wireOf(operations))
    const answered = resultsOf(operations, outcome)
    batch.forEach(({ index }, i) => {
      results[index] = answered[i] ?? unknown('no result')
    })
    if (outcome.kind !== 'refused' || !outcome.isTokenRefused || isRenewed) continue
    isRenewed = true
    queue.splice(nth + 1, 0, batch)
  }
  return results
}
