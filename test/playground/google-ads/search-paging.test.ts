import { describe, expect, test } from 'vitest'
import { aClient, type Chunk, codeOf } from './client.ts'
import { aBudget, aWorld, StubWorld } from './stub-world.ts'

const client = () => aClient({ world: aWorld() })

describe('paging and streaming', () => {
  const MANY = 10_001
  const many = () =>
    new StubWorld({
      budgets: Array.from({ length: MANY }, (_, i) => aBudget(String(i + 1), 1_000_000n, [])),
      campaigns: [],
    })
  const query = 'SELECT campaign_budget.id FROM campaign_budget'

  test('search gives 10,000 rows a page, and its token the rest', async () => {
    const { post } = await aClient({ world: many() })
    const first = (await post('googleAds:search', { query })).json as Chunk
    expect(first.results).toHaveLength(10_000)
    const second = (await post('googleAds:search', { query, page_token: first.nextPageToken })).json as Chunk
    expect(second.results?.map((r) => r.campaignBudget?.id)).toEqual(['10001'])
    expect(second).not.toHaveProperty('nextPageToken')
  })

  test('a page token goes with its query only', async () => {
    const { post } = await aClient({ world: many() })
    const { nextPageToken } = (await post('googleAds:search', { query })).json as Chunk
    const other = { query: `${query} LIMIT 10001`, pageToken: nextPageToken }
    expect(codeOf((await post('googleAds:search', other)).json)).toBe('requestError.INVALID_PAGE_TOKEN')
  })

  test('a page size is refused', async () => {
    const { post } = await client()
    const { status, json } = await post('googleAds:search', { query, pageSize: 100 })
    expect([status, codeOf(json)]).toEqual([400, 'requestError.PAGE_SIZE_NOT_SUPPORTED'])
  })

  test('searchStream gives an array of chunks; the last tells what the query cost', async () => {
    const { post } = await aClient({ world: many() })
    const chunks = (await post('googleAds:searchStream', { query })).json as readonly Chunk[]
    expect(chunks.map((c) => c.results?.length)).toEqual([10_000, 1])
    expect(chunks.map((c) => 'queryResourceConsumption' in c)).toEqual([false, true])
    expect(chunks[0]?.fieldMask).toBe('campaignBudget.id')
  })

  test('searchStream without rows gives one chunk without results', async () => {
    const { post } = await client()
    const { json } = await post('googleAds:searchStream', { query: `${query} WHERE campaign_budget.id = 1` })
    expect(json).toHaveLength(1)
    expect((json as readonly Chunk[])[0]).not.toHaveProperty('results')
  })

  test('a summary row sums the metrics', async () => {
    const { post } = await client()
    const body = {
      query: 'SELECT campaign.id, metrics.clicks FROM campaign',
      summaryRowSetting: 'SUMMARY_ROW_WITH_RESULTS',
    }
    const { json } = await post('googleAds:searchStream', body)
    expect((json as readonly Chunk[]).at(-1)?.summaryRow).toEqual({ metrics: { clicks: '200' } })
  })
})
