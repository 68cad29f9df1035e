/**
 * The HTTP clients of the adapters against servers that misbehave: reads fail in a bounded time with a bounded text, and
 * writes of which nobody can say what became of them are unknown. Credentials go nowhere else.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { cleanPlatform } from '../../functions/composition/clean-platform.ts'
import type { AccountRef } from '../../lib/model/account.ts'
import { PlatformError } from '../../lib/model/failure.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import { currency, money } from '../../lib/units/money.ts'
import { budgetTo, CUSTOMER_PAGE, ACCOUNT as GOOGLE, platformAt } from '../platforms/google-ads/tiny-server.ts'
import { adapterOn, ACCOUNT as META, TOKEN } from '../platforms/meta/stub.ts'
import * as pinterest from '../platforms/pinterest/stub.ts'
import * as snapchat from '../platforms/snapchat/stub.ts'
import * as tiktok from '../platforms/tiktok/stub.ts'
import {
  answer,
  bomb,
  brokenGzip,
  cut,
  type Deed,
  endless,
  type Hostile,
  hostileServer,
  hugeHeaders,
  notHttp,
  redirectTo,
  silent,
  slowBody,
  slowHeaders,
} from './hostile-server.ts'

/** Of one request. Long enough to be slow on a busy machine, short enough for many tests. */
const TIMEOUT_MS = 1_500

const open: Hostile[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})
async function serve(deed: Deed): Promise<Hostile> {
  const server = await hostileServer(deed)
  open.push(server)
  return server
}

const tokenGrant = answer('{"access_token":"ya29.not-a-real-token","expires_in":3600}')
/** The token endpoint and the account query answer as they should; everything else is the deed's. */
const googleDeed =
  (deed: Deed): Deed =>
  (socket, asked) => {
    if (asked.startsWith('POST /token')) return tokenGrant(socket, asked)
    if (asked.includes('FROM customer"')) return answer(JSON.stringify(CUSTOMER_PAGE))(socket, asked)
    return deed(socket, asked)
  }

const snapchatGrant = answer('{"access_token":"snap.token-0123456789","token_type":"Bearer","expires_in":3600}')
const snapchatDeed =
  (deed: Deed): Deed =>
  (socket, asked) =>
    asked.startsWith('POST /login/') ? snapchatGrant(socket, asked) : deed(socket, asked)

interface Victim {
  readonly platform: AdPlatform
  readonly account: AccountRef
  readonly server: Hostile
}

const VICTIMS: Readonly<Record<string, (deed: Deed, timeoutMs?: number) => Promise<Victim>>> = {
  'google-ads': async (deed, requestTimeoutMs = TIMEOUT_MS) => {
    const server = await serve(googleDeed(deed))
    return { platform: cleanPlatform(platformAt(server, { requestTimeoutMs })), account: GOOGLE, server }
  },
  meta: async (deed, requestTimeoutMs = TIMEOUT_MS) => {
    const server = await serve(deed)
    return { platform: cleanPlatform(adapterOn(server.base, { requestTimeoutMs })), account: META, server }
  },
  tiktok: async (deed, requestTimeoutMs = TIMEOUT_MS) => {
    const server = await serve(deed)
    const platform = cleanPlatform(tiktok.adapterOn(server.base, { requestTimeoutMs }))
    return { platform, account: tiktok.ACCOUNT, server }
  },
  snapchat: async (deed, requestTimeoutMs = TIMEOUT_MS) => {
    const server = await serve(snapchatDeed(deed))
    const platform = cleanPlatform(snapchat.adapterOn(server.base, { requestTimeoutMs }))
    return { platform, account: snapchat.ACCOUNT, server }
  },
  pinterest: async (deed, requestTimeoutMs = TIMEOUT_MS) => {
    const server = await serve(deed)
    const platform = cleanPlatform(pinterest.adapterOn(server.base, { requestTimeoutMs }))
    return { platform, account: pinterest.ACCOUNT, server }
  },
}

async function failureOfReading({ platform, account }: Victim) {
  const error = await platform.reader.structure(account).then(
    () => new Error('nothing was thrown'),
    (one: unknown) => one,
  )
  if (!(error instanceof PlatformError)) throw error
  return error.failure
}

const CREDENTIAL = /ya29|EAAtest|refresh-1|client-pass|tiktok-token|snap\.token|pina_test|pinr\.test|test-app-secret/
const json = (value: unknown): Deed => answer(JSON.stringify(value))
const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

const DEEDS: readonly (readonly [string, Deed, readonly string[]])[] = [
  ['never answers', silent, ['transient']],
  ['sends a header now and then', slowHeaders, ['transient']],
  ['sends a byte now and then', slowBody, ['transient']],
  ['sends a body without end', endless, ['transient', 'unreadable']],
  ['sends a megabyte of headers', hugeHeaders, ['transient']],
  ['speaks another protocol', notHttp, ['transient']],
  ['says gzip and sends none', brokenGzip, ['transient', 'unreadable']],
  ['cuts the answer', cut, ['transient']],
  ['sends a page of HTML', answer('<html>hotel wifi</html>', ['x: y']), ['unreadable']],
  ['sends nothing', answer(''), ['unreadable']],
  ['sends half of JSON', answer('{"data":[{"id":"1"'), ['unreadable']],
  ['sends a number', json(7), ['unreadable']],
  ['sends null', json(null), ['unreadable']],
  ['sends a list', json([]), ['unreadable']],
  ['sends brackets in brackets, 200,000 deep', answer(deep(200_000)), ['unreadable']],
  [
    'sends rows with another prototype',
    answer('{"results":[{"__proto__":{"id":"1"}}],"data":[{"__proto__":{"id":"1"}}]}'),
    ['unreadable'],
  ],
  ['answers 500 with a megabyte of text', answer('x'.repeat(1_000_000), [], '500 Oops'), ['transient']],
  [
    'answers 403 with a terminal escape',
    answer('{"error":{"code":200,"message":"\\u001b[2Jno"}}', [], '403 No'),
    // To TikTok, which tells everything in its own envelope, it is no answer of the API's.
    ['unauthorised', 'unreadable'],
  ],
]

describe.each(Object.keys(VICTIMS))('%s', (name) => {
  const victim = VICTIMS[name]!

  test.each(DEEDS)(
    'a server that %s fails a read, and the text of the failure is short and clean',
    async (_, deed, kinds) => {
      const failure = await failureOfReading(await victim(deed))
      expect(kinds).toContain(failure.kind)
      expect(failure.detail.length).toBeLessThanOrEqual(500)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(failure.detail).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      expect(failure.detail).not.toMatch(CREDENTIAL)
    },
  )

  test('a gzip bomb is unpacked as far as the bound and no further', async () => {
    const failure = await failureOfReading(await victim(bomb(), 30_000))
    expect(failure.kind).toBe('transient')
    expect(failure.detail).toMatch(/larger|longer/)
  })

  test.each(['301 Moved', '302 Found', '303 See Other', '307 Temporary Redirect', '308 Permanent Redirect'])(
    'a redirect (%s) is not followed, to another host or to the same',
    async (status) => {
      const thief = await serve(json({ data: [], results: [], items: [] }))
      const one = await victim((socket, asked) => redirectTo(thief.base, status)(socket, asked))
      await failureOfReading(one)
      expect(thief.asked).toEqual([])
      const same = await victim((socket, asked) => redirectTo('', status)(socket, asked))
      await failureOfReading(same)
      expect(same.server.asked.filter((line) => line.includes('/stolen'))).toEqual([])
    },
  )

  test('a page that names a next one elsewhere is not followed', async () => {
    const thief = await serve(json({ data: [] }))
    const next = `${thief.base}/v25.0/act_1001/campaigns?after=x`
    const one = await victim(
      json({ data: [], paging: { next, next_link: next }, items: [], bookmark: next, request_status: 'SUCCESS' }),
    )
    await failureOfReading(one)
    expect(thief.asked).toEqual([])
  })

  test('credentials are never in an address', async () => {
    const one = await victim(json({ nothing: true }))
    await failureOfReading(one)
    expect(one.server.asked.length).toBeGreaterThan(0)
    expect(one.server.asked.join('\n')).not.toMatch(CREDENTIAL)
    expect(one.server.received()).toMatch(CREDENTIAL)
  })
})

const BUDGET = { account: META, kind: 'daily-budget', entity: 'budget', id: '7' } as const
const euros = (micros: bigint) => ({ kind: 'money', amount: money(micros, currency('EUR')) }) as const
const METAS_BASICS = json({
  id: 'act_1001',
  account_id: '1001',
  currency: 'EUR',
  timezone_name: 'Europe/Berlin',
  name: 'Shop',
})

const LOST: readonly (readonly [string, Deed])[] = [
  ['never answers', silent],
  ['sends a byte now and then', slowBody],
  ['sends a body without end', endless],
  ['sends a megabyte of headers', hugeHeaders],
  ['speaks another protocol', notHttp],
  ['cuts the answer', cut],
  ['sends a page of HTML', answer('<html>ok</html>')],
  ['sends null', answer('null')],
  ['redirects', redirectTo('http://127.0.0.1:9')],
]

describe('a write to a server that', () => {
  test.each(LOST)('%s is unknown at Meta, and sent once', async (_, deed) => {
    const { platform, server } = await VICTIMS.meta!((socket, asked) =>
      (asked.startsWith('GET ') ? METAS_BASICS : deed)(socket, asked),
    )
    const change = { lever: BUDGET, from: euros(1_000_000n), to: euros(2_000_000n) }
    const [result] = await platform.writer.apply(META, [change])
    expect(server.asked.filter((line) => line.startsWith('POST '))).toHaveLength(1)
    expect(result?.kind).toBe('unknown')
  })
  test.each(LOST)('%s is unknown at Google, and sent once', async (_, deed) => {
    const { platform, server } = await VICTIMS['google-ads']!(deed)
    const [result] = await platform.writer.apply(GOOGLE, [budgetTo('7', 2_000_000n)])
    const asked = server.asked.filter((line) => line.includes('googleAds:mutate'))
    expect(asked).toHaveLength(1)
    expect(result?.kind).toBe(
      result?.kind === 'refused' ? 'a write that may have been done must not be refused' : 'unknown',
    )
  })
})

describe('a token that is quoted at the end of what is kept of a text', () => {
  const TOKENS: Readonly<Record<string, string>> = {
    meta: TOKEN,
    tiktok: tiktok.TOKEN,
    snapchat: 'snap.token-0123456789',
    pinterest: pinterest.TOKEN,
  }
  test.each(Object.entries(TOKENS))('%s tells no beginning of it', async (name, token) => {
    for (let before = 370; before < 400; before += 1) {
      const text = `${'x'.repeat(before)} ${token}`
      const quoting = {
        error: { code: 100, message: text },
        ...{ code: 40_002, message: text, request_id: 'r-1', data: {} },
        ...{ request_status: 'ERROR', error_code: 'E1008', debug_message: text },
      }
      const { detail } = await failureOfReading(await VICTIMS[name]!(answer(JSON.stringify(quoting), [], '400 Bad')))
      expect(detail).toContain('xxx')
      expect(detail).not.toContain(token.slice(0, 4))
    }
  })
})

test('a token that Meta quotes back in any of its texts is told nowhere', async () => {
  const quoting = { error: { code: 190, message: `Bad ${TOKEN}`, error_user_msg: TOKEN, fbtrace_id: TOKEN.repeat(50) } }
  const failure = await failureOfReading(await VICTIMS.meta!(answer(JSON.stringify(quoting), [], '400 Bad')))
  expect(failure).toMatchObject({ kind: 'unauthorised' })
  expect(JSON.stringify(failure)).not.toContain(TOKEN.slice(4))
})
