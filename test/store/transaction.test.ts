import {
  type CancellationReason,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { database } from '../../lib/store/database.ts'
import type { TableName } from '../../lib/store/tables.ts'
import { type Action, requestToken } from '../../lib/store/transaction.ts'
import { embedded } from './embedded.ts'

const engine = embedded()

const put = (name: string): Action => ({
  kind: 'put',
  name,
  table: 'control',
  key: { pk: 'p', sk: name },
  attributes: { text: name },
})

const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code): CancellationReason => ({ Code, Message: `because of ${Code}` })),
  })
const inProgress = new TransactionInProgressException({ message: 'in progress', $metadata: {} })

/** A service that fails with these errors in turn and then succeeds. */
function failingWith(errors: readonly Error[]) {
  const left = [...errors]
  const tokens: (string | undefined)[] = []
  const waits: number[] = []
  const client = {
    async send({ input }: TransactWriteItemsCommand) {
      tokens.push(input.ClientRequestToken)
      const error = left.shift()
      if (error) throw error
      return {}
    },
  } as unknown as DynamoDBClient
  const wait = async (ms: number) => waits.push(ms)
  const transact = (actions: readonly Action[]) => database({ client, prefix: 't', wait }).transact(actions, 'token')
  return { transact, tokens, waits }
}

describe('a transaction', () => {
  test('that met another one under way is sent again with the same token, after waits that double', async () => {
    const service = failingWith([cancelled('None', 'TransactionConflict'), inProgress])
    expect(await service.transact([put('a'), put('b')])).toEqual({ kind: 'done' })
    expect(service.tokens).toEqual(['token', 'token', 'token'])
    expect(service.waits).toEqual([25, 50])
  })

  test('that meets others six times is cancelled on what they were writing', async () => {
    const service = failingWith(Array.from({ length: 6 }, () => cancelled('None', 'TransactionConflict')))
    expect(await service.transact([put('a'), put('b')])).toEqual({ kind: 'cancelled', on: ['b'] })
    expect(service.tokens.length).toBe(6)
  })

  test('whose condition fails is not sent again, also with a passing trouble beside it', async () => {
    const service = failingWith([cancelled('ConditionalCheckFailed', 'TransactionConflict')])
    expect(await service.transact([put('a'), put('b')])).toEqual({ kind: 'cancelled', on: ['a'] })
    expect(service.tokens.length).toBe(1)
  })

  test('that is malformed throws with the name of what is wrong', async () => {
    const service = failingWith([cancelled('None', 'ValidationError')])
    await expect(service.transact([put('a'), put('b')])).rejects.toThrow(
      'b: ValidationError: because of ValidationError',
    )
  })

  test('whose fate is not told throws: whether it was applied must be read', async () => {
    const service = failingWith([new Error('socket hang up')])
    await expect(service.transact([put('a')])).rejects.toThrow('socket hang up')
  })

  test('of 101 writes is refused before it is sent', async () => {
    const service = failingWith([])
    const actions = Array.from({ length: 101 }, (_, i) => put(`${i}`))
    await expect(service.transact(actions)).rejects.toThrow('101 writes do not fit one transaction')
    expect(service.tokens).toEqual([])
  })

  test('with an item of more than 100,000 bytes is refused before it is sent', async () => {
    const service = failingWith([])
    const large = { ...put('a'), attributes: { text: 'é'.repeat(50_000) } } as Action
    await expect(service.transact([large])).rejects.toThrow('item p/a has')
    expect(service.tokens).toEqual([])
  })

  test('reports what it consumed: two write units for each small item', async () => {
    const consumed: [TableName, number, number][] = []
    const onConsumed = (...units: [TableName, number, number]) => consumed.push(units)
    await database({ ...engine.options, onConsumed }).transact([put('u1'), put('u2')], requestToken('units'))
    expect(consumed).toEqual([['control', 0, 4]])
  })
})

test('a token is at most 36 characters, equal for equal parts and different for different ones', () => {
  expect(requestToken('a', 1)).toHaveLength(36)
  expect(requestToken('a', 1)).toBe(requestToken('a', 1))
  expect(requestToken('a', 1)).not.toBe(requestToken('a', 2))
})
