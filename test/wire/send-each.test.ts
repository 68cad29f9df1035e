import { describe, expect, test } from 'vitest'
import { accountRef } from '../../lib/model/account.ts'
import { PlatformError, type WriteResult } from '../../lib/model/failure.ts'
import type { LeverChange } from '../../lib/model/lever.ts'
import { sendEach, TokenRefused } from '../../lib/wire/send-each.ts'

const ACCOUNT = accountRef('meta', '1')
const applied: WriteResult = { kind: 'applied' }
const unknown: WriteResult = { kind: 'unknown', detail: 'no answer' }
const pause = (id: string, account = ACCOUNT): LeverChange => ({
  lever: { account, kind: 'status', entity: 'campaign', id },
  from: { kind: 'status', status: 'active' },
  to: { kind: 'status', status: 'paused' },
})

/** Answers by the campaign's id; what was sent, request by request. */
function sender(answers: Readonly<Record<string, WriteResult>> = {}) {
  const requests: string[][] = []
  const send = async (changes: readonly LeverChange[]) => {
    requests.push(changes.map(({ lever }) => lever.id))
    return changes.map(({ lever }) => answers[lever.id] ?? applied)
  }
  return { requests, send, account: ACCOUNT, inTime: () => true }
}
const said = (results: readonly WriteResult[]) =>
  results.map((result) =>
    result.kind === 'refused' ? result.failure.detail : result.kind === 'unknown' ? result.detail : 'applied',
  )

describe('changes that are sent', () => {
  test('go out one at a time, in order, and are answered in their places', async () => {
    const { requests, ...sending } = sender({ b: unknown })
    expect(
      await sendEach(
        ['a', 'b', 'c'].map((id) => pause(id)),
        sending,
      ),
    ).toEqual([applied, unknown, applied])
    expect(requests).toEqual([['a'], ['b'], ['c']])
  })

  test('go out together as far as the platform takes them together', async () => {
    const { requests, ...sending } = sender()
    await sendEach(
      ['a', 'b', 'c', 'd', 'e'].map((id) => pause(id)),
      { ...sending, together: () => 2 },
    )
    expect(requests).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('of another account, or a second time, are not sent', async () => {
    const { requests, ...sending } = sender()
    const results = await sendEach([pause('a'), pause('b', accountRef('meta', '2')), pause('a')], sending)
    expect(said(results)).toEqual([
      'applied',
      'not sent: lever of account 2',
      'not sent: another change of this lever comes before it',
    ])
    expect(requests).toEqual([['a']])
  })

  test('are looked at before each request but the first, and those held back stay out of it', async () => {
    const { requests, ...sending } = sender()
    let looks = 0
    const look = async () => {
      looks += 1
      return ({ id }: { id: string }) => (id === 'd' ? 'frozen' : undefined)
    }
    const results = await sendEach(
      ['a', 'b', 'c', 'd'].map((id) => pause(id)),
      { ...sending, look, together: () => 2 },
    )
    expect(said(results)).toEqual(['applied', 'applied', 'applied', 'not sent: frozen'])
    expect([requests, looks]).toEqual([[['a', 'b'], ['c']], 1])
  })

  test('a request that gives fewer answers than it had changes leaves the others unknown', async () => {
    const results = await sendEach([pause('a'), pause('b')], {
      ...sender(),
      together: () => 2,
      send: async () => [applied],
    })
    expect(said(results)).toEqual(['applied', 'the answer says nothing of this change'])
  })
})

describe('sending stops', () => {
  test('when its time is over', async () => {
    const { requests, ...sending } = sender()
    const results = await sendEach([pause('a'), pause('b')], { ...sending, inTime: () => requests.length === 0 })
    expect(said(results)).toEqual(['applied', 'not sent: the run was out of time'])
  })

  test('after three requests in a row without a certain answer', async () => {
    const { requests, ...sending } = sender({ b: unknown, c: unknown, d: unknown })
    const results = await sendEach(
      ['a', 'b', 'c', 'd', 'e'].map((id) => pause(id)),
      sending,
    )
    expect(requests).toEqual([['a'], ['b'], ['c'], ['d']])
    expect(said(results).at(-1)).toBe('not sent: 3 writes before it had no certain answer')
  })

  test('but not where answers came between', async () => {
    const { requests, ...sending } = sender({ a: unknown, b: unknown, d: unknown, e: unknown })
    await sendEach(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => pause(id)),
      sending,
    )
    expect(requests).toHaveLength(6)
  })

  test.each(['rate-limited', 'quota-exhausted', 'unauthorised'] as const)('after %s', async (kind) => {
    const failure = { kind, retryAfterMs: 1, detail: 'enough' }
    const { requests, ...sending } = sender({ a: { kind: 'refused', failure } })
    expect(said(await sendEach([pause('a'), pause('b')], sending))).toEqual(['enough', 'enough'])
    expect(requests).toEqual([['a']])
  })

  test('and not after a refusal of one change', async () => {
    const failure = { kind: 'rejected', code: 'x', detail: 'no' } as const
    const { requests, ...sending } = sender({ a: { kind: 'refused', failure } })
    await sendEach([pause('a'), pause('b')], sending)
    expect(requests).toEqual([['a'], ['b']])
  })

  test('an error says that nothing was sent: refused with its failure, and the others go on', async () => {
    const send = async ([change]: readonly LeverChange[]): Promise<readonly WriteResult[]> => {
      if (change?.lever.id === 'a') throw new PlatformError({ kind: 'transient', detail: 'cannot read the currency' })
      return [applied]
    }
    const results = await sendEach([pause('a'), pause('b')], { ...sender(), send })
    expect(said(results)).toEqual(['cannot read the currency', 'applied'])
  })
})

describe('a request whose token was refused', () => {
  const failure = { kind: 'unauthorised', detail: 'HTTP 401' } as const
  /** Refuses the tokens of the requests with these numbers. */
  function expiring(...nths: readonly number[]) {
    const { requests, send, ...sending } = sender()
    const sendSome = async (changes: readonly LeverChange[]) => {
      const results = await send(changes)
      if (nths.includes(requests.length)) throw new TokenRefused(failure)
      return results
    }
    return { requests, ...sending, send: sendSome }
  }
  const three = ['a', 'b', 'c'].map((id) => pause(id))

  test('goes once more, and those behind it too', async () => {
    const { requests, ...sending } = expiring(2)
    expect(said(await sendEach(three, sending))).toEqual(['applied', 'applied', 'applied'])
    expect(requests).toEqual([['a'], ['b'], ['b'], ['c']])
  })

  test('goes once more only: refused again, it ends the run', async () => {
    const { requests, ...sending } = expiring(2, 3)
    expect(said(await sendEach(three, sending))).toEqual(['applied', 'HTTP 401', 'HTTP 401'])
    expect(requests).toEqual([['a'], ['b'], ['b']])
  })

  test('and a second of the same run ends it: no token lasts for so short a time', async () => {
    const { requests, ...sending } = expiring(1, 3)
    expect(said(await sendEach(three, sending))).toEqual(['applied', 'HTTP 401', 'HTTP 401'])
    expect(requests).toEqual([['a'], ['a'], ['b']])
  })

  test('does not go once more when its time is over', async () => {
    const { requests, ...sending } = expiring(1)
    const results = await sendEach(three, { ...sending, inTime: () => requests.length === 0 })
    expect(new Set(said(results))).toEqual(new Set(['not sent: the run was out of time']))
    expect(requests).toEqual([['a']])
  })

  test('does not go once more when something holds it back by then', async () => {
    const { requests, ...sending } = expiring(1)
    const look =
      async () =>
      ({ id }: { id: string }) =>
        id === 'a' ? 'frozen' : undefined
    expect(said(await sendEach(three, { ...sending, look }))).toEqual(['not sent: frozen', 'applied', 'applied'])
    expect(requests).toEqual([['a'], ['b'], ['c']])
  })
})
