import {
  type CancellationReason,
  type ConsumedCapacity,
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb'
import { hashOfText } from '../model/canonical.ts'
import { type Attributes, checkedSize, type Key, toItem } from './attributes.ts'
import { type Condition, conditioned, type Update, updating } from './expressions.ts'
import type { Link } from './link.ts'
import type { TableName } from './tables.ts'

/** One write of a transaction, or a look at an item that is to be as it says. `name` is what a conflict on it is called. */
export type Action =
  | {
      readonly kind: 'put'
      readonly name: string
      readonly table: TableName
      readonly key: Key
      readonly attributes: Attributes
      readonly when?: Condition
    }
  | {
      readonly kind: 'update'
      readonly name: string
      readonly table: TableName
      readonly key: Key
      readonly update: Update
      readonly when: Condition
    }
  | {
      readonly kind: 'delete'
      readonly name: string
      readonly table: TableName
      readonly key: Key
      readonly when: Condition
    }
  | {
      readonly kind: 'check'
      readonly name: string
      readonly table: TableName
      readonly key: Key
      readonly when: Condition
    }

/** What leaves an item whole or gone: the transaction alone says what is there afterwards. */
export type WholeAction = Exclude<Action, { readonly kind: 'update' }>

export type Outcome =
  | { readonly kind: 'done' }
  /** Nothing was written, because of the actions of these names. */
  | { readonly kind: 'cancelled'; readonly on: readonly string[] }

export const ACTIONS_MAX = 100
const TRIES = 6
const FIRST_WAIT_MS = 25
/** Somebody else was writing the same items, or there was no capacity: nothing is wrong with the transaction itself. */
const PASSING = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])

/** At most 36 characters, as DynamoDB demands; equal parts give equal tokens. */
export const requestToken = (...parts: readonly (string | number)[]): string =>
  hashOfText(parts.join('\n')).slice(0, 36)

/**
 * Sends a transaction with a token of the caller's: when the SDK repeats one whose answer was lost, DynamoDB answers with
 * the first one's success instead of tripping over its own write.
 *
 * @throws RangeError for more than 100 actions or an item that is too large; Error for what DynamoDB refuses outright
 */
export async function transact(link: Link, actions: readonly Action[], token: string): Promise<Outcome> {
  if (actions.length > ACTIONS_MAX) throw new RangeError(`${actions.length} writes do not fit one transaction`)
  const TransactItems = actions.map((action) => wireAction(action, link.named))
  for (let attempt = 1; ; attempt += 1) {
    const answer = await link.client
      .send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: token, ...link.metered }))
      .then(done, (error: unknown) => failure(error, actions))
    if (answer.kind === 'done') {
      link.meter('write', answer.capacity)
      return { kind: 'done' }
    }
    if (answer.kind === 'cancelled' || attempt === TRIES) return { kind: 'cancelled', on: answer.on }
    await link.wait(FIRST_WAIT_MS * 2 ** (attempt - 1))
  }
}

type Answer =
  | { readonly kind: 'done'; readonly capacity: readonly ConsumedCapacity[] | undefined }
  | { readonly kind: 'cancelled' | 'passing'; readonly on: readonly string[] }

/** @throws whatever is no verdict on the transaction's conditions */
function failure(error: unknown, actions: readonly Action[]): Answer {
  if (error instanceof TransactionInProgressException) return { kind: 'passing', on: actions.map(({ name }) => name) }
  if (!(error instanceof TransactionCanceledException)) throw error
  const reasons = (error.CancellationReasons ?? []).map((reason, index) => ({ reason, action: actions[index] }))
  const failed = reasons.filter(({ reason }) => reason.Code !== undefined && reason.Code !== 'None')
  if (failed.length === 0) throw error
  const refused = failed.find(({ reason }) => !isCondition(reason) && !PASSING.has(reason.Code ?? ''))
  if (refused) throw new Error(`${refused.action?.name}: ${refused.reason.Code}: ${refused.reason.Message}`)
  // A condition that failed is a verdict; a passing trouble beside it would only delay it.
  const verdicts = failed.filter(({ reason }) => isCondition(reason))
  const kind = verdicts.length > 0 ? 'cancelled' : 'passing'
  return { kind, on: (verdicts.length > 0 ? verdicts : failed).map(({ action }) => action?.name ?? 'unnamed') }
}

const isCondition = ({ Code }: CancellationReason): boolean => Code === 'ConditionalCheckFailed'

const done = ({ ConsumedCapacity }: TransactWriteItemsCommandOutput): Answer => ({
  kind: 'done',
  capacity: ConsumedCapacity,
})

function wireAction(action: Action, named: (table: TableName) => string): TransactWriteItem {
  const TableName = named(action.table)
  if (action.kind === 'delete')
    return { Delete: { TableName, Key: toItem({ ...action.key }), ...conditioned(action.when) } }
  if (action.kind === 'check')
    return { ConditionCheck: { TableName, Key: toItem({ ...action.key }), ...conditioned(action.when) } }
  if (action.kind === 'update')
    return { Update: { TableName, Key: toItem({ ...action.key }), ...updating(action.update, action.when) } }
  const Item = checkedSize(toItem({ ...action.key, ...action.attributes }))
  return { Put: { TableName, Item, ...(action.when && conditioned(action.when)) } }
}
