const TRIES = 8
const FIRST_WAIT_MS = 50
/** Requests of one call under way at a time. */
const ABREAST = 8

interface Answer<In, Out> {
  readonly results: readonly Out[]
  /** What the service had no capacity for. */
  readonly unprocessed: readonly In[]
}

/**
 * Sends `inputs` in requests of at most `size`, several abreast; what comes back unprocessed is sent again after a wait
 * that doubles each time.
 *
 * @returns all results, in no particular order
 * @throws Error when something is still unprocessed after eight tries
 */
export async function inBatches<In, Out>(
  inputs: readonly In[],
  size: number,
  wait: (ms: number) => Promise<unknown>,
  send: (batch: readonly In[]) => Promise<Answer<In, Out>>,
): Promise<readonly Out[]> {
  const results: Out[] = []
  const batches = chunksOf(inputs, size).values()
  const worker = async (): Promise<void> => {
    for (const batch of batches) for (const result of await untilProcessed(batch, wait, send)) results.push(result)
  }
  await Promise.all(Array.from({ length: Math.min(ABREAST, Math.ceil(inputs.length / size)) }, worker))
  return results
}

async function untilProcessed<In, Out>(
  batch: readonly In[],
  wait: (ms: number) => Promise<unknown>,
  send: (batch: readonly In[]) => Promise<Answer<In, Out>>,
): Promise<readonly Out[]> {
  const results: Out[] = []
  let left = batch
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (attempt > 0) await wait(FIRST_WAIT_MS * 2 ** (attempt - 1))
    const answer = await send(left)
    results.push(...answer.results)
    left = answer.unprocessed
    if (left.length === 0) return results
  }
  throw new Error(`DynamoDB left ${left.length} of ${batch.length} items unprocessed ${TRIES} times: it is throttling`)
}

export const chunksOf = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
