import { afterEach, describe, expect, test } from 'vitest'
import { appSecretProof, META_TWIN_EXPIRED_TOKEN } from '../../../playground/platforms/meta/respond.ts'
import { META_TWIN_CREDENTIALS } from '../../../playground/platforms/meta/server.ts'
import { type AccountSpec, StubWorld } from '../stub-world.ts'
import { type Graph, type Reply, startGraph } from './graph.ts'

const SHOP: AccountSpec = { id: '1', campaigns: [{ id: '10', adSets: [{ id: '100', budget: 20_000_000n }] }] }

let graph: Graph
const start = async (): Promise<void> => {
  graph = await startGraph({ world: new StubWorld([SHOP]) })
}
afterEach(() => graph.twin.close())

describe('who may read', () => {
  const read = async (init: RequestInit & { readonly query?: string; readonly path?: string }) => {
    const response = await fetch(`${graph.twin.baseUrl}/${init.path ?? 'v25.0/act_1'}?${init.query ?? ''}`, init)
    return { status: response.status, headers: response.headers, body: (await response.json()) as Reply }
  }
  const { accessToken, appSecret, appId } = META_TWIN_CREDENTIALS

  test.each([
    { name: 'in the query', query: `access_token=${accessToken}` },
    { name: 'in the header', headers: { authorization: `Bearer ${accessToken}` } },
    {
      name: 'with its proof',
      query: `access_token=${accessToken}&appsecret_proof=${appSecretProof(appSecret, accessToken)}`,
    },
    { name: 'without a version in the path', path: 'act_1', query: `access_token=${accessToken}` },
  ])('a token $name', async (init) => {
    await start()
    expect((await read(init)).status).toBe(200)
  })

  test('a token in a form body', async () => {
    await start()
    const body = new URLSearchParams({ access_token: accessToken, status: 'PAUSED' })
    expect(await read({ method: 'POST', path: 'v25.0/10', body })).toMatchObject({
      status: 200,
      body: { success: true },
    })
  })

  test.each([
    { name: 'no token', init: {}, status: 400, error: { code: 104 } },
    { name: 'a wrong token', init: { query: 'access_token=EAAwrong' }, status: 401, error: { code: 190 } },
    {
      name: 'an expired token',
      init: { query: `access_token=${META_TWIN_EXPIRED_TOKEN}` },
      status: 401,
      error: { code: 190, error_subcode: 463, type: 'OAuthException' },
    },
    {
      name: 'a proof of another secret',
      init: { query: `access_token=${accessToken}&appsecret_proof=${appSecretProof('other', accessToken)}` },
      status: 400,
      error: { code: 100, message: 'Invalid appsecret_proof provided in the API argument' },
    },
    {
      name: 'a version that is gone',
      init: { path: 'v22.0/act_1', query: `access_token=${accessToken}` },
      status: 400,
      error: { code: 2635 },
    },
    {
      name: 'an edge that does not exist',
      init: { path: 'v25.0/act_1/wibble', query: `access_token=${accessToken}` },
      status: 400,
      error: { code: 2500 },
    },
  ])('not with $name', async ({ init, status, error: expected }) => {
    await start()
    const reply = await read(init)
    expect(reply.status).toBe(status)
    expect(reply.body.error).toMatchObject({ ...expected, fbtrace_id: expect.any(String) })
  })

  test('a 401 names the challenge', async () => {
    await start()
    expect((await read({ query: 'access_token=x' })).headers.get('www-authenticate')).toContain('invalid_token')
  })

  test('the token can be looked up, and its user with the accounts', async () => {
    await start()
    expect((await graph.get('debug_token', { input_token: accessToken })).body.data).toMatchObject({
      app_id: appId,
      is_valid: true,
    })
    expect((await graph.get('me')).body).toEqual({ id: '100000000000001', name: 'Pretend system user' })
    expect(await graph.all('me/adaccounts', { fields: 'account_id' })).toEqual([{ id: 'act_1', account_id: '1' }])
  })
})
