/** Live values of many levers: out of the account's lists, a few requests for a thousand, with the same answers as one by one. */
import { afterEach, describe, expect, test } from 'vitest'
import { uuid } from '../../playground/snapchat/client.ts'
import type { Reply } from '../stub-server.ts'
import {
  ACCOUNT,
  adapterOn,
  campaignFields,
  envelope,
  euros,
  failureOf,
  lever,
  type Stub,
  squadFields,
  startStub,
} from './stub.ts'

let stub: Stub
afterEach(() => stub.close())

type Row = { readonly id: string }
const CAMPAIGNS = `adaccounts/${ACCOUNT.id}/campaigns`
const SQUADS = `adaccounts/${ACCOUNT.id}/adsquads`

interface Account {
  readonly campaigns: readonly Row[]
  readonly squads: readonly Row[]
  /** What is there by its id and in no list. */
  readonly unlisted?: readonly Row[]
  readonly replies?: Readonly<Record<string, Reply>>
}

/** Lists come in pages of 600. */
const serving = async ({ campaigns, squads, unlisted = [], replies = {} }: Account) => {
  const list = (path: string, many: string, one: string, all: readonly Row[], from: number): Reply => ({
    json: envelope(many, one, all.slice(from, from + 600), {
      paging: from + 600 < all.length ? { next_link: `${stub.origin}/v1/${path}?limit=1000&cursor=${from + 600}` } : {},
    }),
  })
  stub = await startStub(({ path, query }) => {
    const from = Number(query.cursor ?? 0)
    if (replies[`${path} ${from}`]) return replies[`${path} ${from}`]
    if (path === CAMPAIGNS) return list(path, 'campaigns', 'campaign', campaigns, from)
    if (path === SQUADS) return list(path, 'adsquads', 'adsquad', squads, from)
    const [many = '', id] = path.split('/')
    const found = [...(many === 'campaigns' ? campaigns : squads), ...unlisted].find((one) => one.id === id)
    return found && { json: envelope(many, many.slice(0, -1), [found]) }
  })
  return adapterOn(stub.origin).reader
}
/** Without that of the account itself, which every reading asks for its currency. */
const asked = () => stub.calls.map(({ path }) => path).filter((path) => path !== `adaccounts/${ACCOUNT.id}`)
const thousand = Array.from({ length: 1_000 }, (_, i) => 1_000 + i)
const ten = thousand.slice(0, 10)
const squads = (ns: readonly number[]) => ns.map((n) => squadFields(n, 11, { daily_budget_micro: n * 1_000_000 }))

describe('a thousand ad squads', () => {
  test('take a request for each page of the lists, and not one or two each', async () => {
    const reader = await serving({ campaigns: [campaignFields(11)], squads: squads(thousand) })
    const live = await reader.live(
      ACCOUNT,
      thousand.map((n) => lever(n)),
    )
    expect(live.map(({ value }) => value)).toEqual(thousand.map((n) => euros(String(n))))
    expect(asked()).toEqual([CAMPAIGNS, SQUADS, SQUADS])
  })

  test('of which nine are asked for take nine requests and one for their campaign', async () => {
    const reader = await serving({ campaigns: [campaignFields(11)], squads: squads(thousand) })
    await reader.live(
      ACCOUNT,
      ten.slice(1).map((n) => lever(n)),
    )
    expect(asked()).not.toContain(SQUADS)
    expect(asked().filter((path) => path.startsWith('adsquads/'))).toHaveLength(9)
  })
})

describe('ten and more', () => {
  const levers = ten.map((n) => lever(n))
  const values = ten.map((n) => euros(String(n)))

  test('campaigns need no list of ad squads', async () => {
    const smart = { pacing_level: 'CAMPAIGN', daily_budget_micro: 90_000_000 }
    const reader = await serving({ campaigns: ten.map((n) => campaignFields(n, smart)), squads: [] })
    const live = await reader.live(ACCOUNT, levers)
    expect(live.map(({ value }) => value)).toEqual(ten.map(() => euros('90')))
    expect(asked()).toEqual([CAMPAIGNS])
  })

  test('ad squads under a smart budget have no value of their own, as one by one', async () => {
    const smart = { pacing_level: 'CAMPAIGN', daily_budget_micro: 90_000_000 }
    const reader = await serving({ campaigns: [campaignFields(11, smart)], squads: squads(ten) })
    expect((await reader.live(ACCOUNT, levers)).map(({ value }) => value)).toEqual(ten.map(() => undefined))
  })

  test('what no list has is asked for by its id: there, gone, or deleted in the list', async () => {
    const [first, second, ...rest] = squads(ten)
    const reader = await serving({
      campaigns: [campaignFields(11)],
      squads: [{ ...second!, deleted: true } as Row, ...rest],
      unlisted: [first!],
    })
    const live = await reader.live(ACCOUNT, [...levers, lever(5)])
    expect(live.map(({ value }) => value)).toEqual([values[0], undefined, ...values.slice(2), undefined])
    expect(asked().slice(2)).toEqual(expect.arrayContaining([`adsquads/${uuid(1_000)}`, `adsquads/${uuid(5)}`]))
    expect(asked()).not.toContain(`adsquads/${uuid(1_002)}`)
  })

  test.each<[string, Partial<Account>, object]>([
    ['a list that fails', { replies: { [`${SQUADS} 0`]: { status: 503, text: '' } } }, { kind: 'transient' }],
    ['a throttle', { replies: { [`${CAMPAIGNS} 0`]: { status: 429, text: '' } } }, { kind: 'rate-limited' }],
    ['a later page that fails', { replies: { [`${SQUADS} 600`]: { status: 500, text: '' } } }, { kind: 'transient' }],
    ['an ad squad that is listed twice', { squads: squads([...ten, 1_000]) }, { kind: 'unreadable' }],
    [
      'a campaign of another account',
      { campaigns: [campaignFields(11, { ad_account_id: uuid(2) })] },
      { code: 'wrong-account' },
    ],
  ])('%s fails the whole reading', async (_, over, failure) => {
    const reader = await serving({ campaigns: [campaignFields(11)], squads: squads(thousand), ...over })
    expect(await failureOf(reader.live(ACCOUNT, levers))).toMatchObject(failure)
  })
})
