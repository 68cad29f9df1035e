import { describe, expect, test } from 'vitest'
import { fuzz, type Target } from './fuzz.ts'

/** Inputs for each parser. SLUICE_FUZZ_INPUTS asks for more or fewer, SLUICE_FUZZ_SEED for others. */
const INPUTS = Number(process.env.SLUICE_FUZZ_INPUTS ?? 200_000)
const SEED = Number(process.env.SLUICE_FUZZ_SEED ?? 1)
const TIME_MS = 600_000

/**
 * One test for each parser of a platform: no crash, and nothing invalid accepted.
 *
 * @param share of the inputs that a parser gets: less where one document takes as long as many
 */
export async function specifyParsers(
  platform: string,
  parsers: () => Promise<readonly Target<never>[]>,
  share = 1,
): Promise<void> {
  const targets = await parsers()
  const wanted = Math.ceil(INPUTS * share)
  describe(`answers of ${platform}`, () => {
    for (const target of targets) {
      test(`${target.name}: as they were recorded, they are accepted`, async () => {
        for (const document of target.documents)
          expect(target.complaint(await target.parse(document), document)).toBeUndefined()
      })

      test(`${target.name}: ${wanted} changed ones are refused, or read into something valid`, {
        timeout: TIME_MS,
      }, async () => {
        const { inputs, accepted, refused } = await fuzz(target, wanted, SEED)
        expect(inputs).toBe(wanted)
        // Were all of one sort, the other side of the parser would not have been tried.
        expect(accepted).toBeGreaterThan(wanted / 100)
        expect(refused).toBeGreaterThan(wanted / 1000)
      })
    }
  })
}
