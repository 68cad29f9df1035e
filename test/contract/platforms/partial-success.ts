/**
 * Three changes of one kind, of which some are refused, in every position: in one request, wherever the platform takes
 * several at a time. What the world says afterwards is what every result is held against.
 */
import { afterEach, expect, test } from 'vitest'
import type { Lever, LeverChange } from '../../../lib/model/lever.ts'
import type { PlatformHarness, Refusal } from './harness.ts'
import { amountIn, budgetLever, moneyOf, remove, type Stage, show, startStage, writesIn } from './stage.ts'

/** First, middle and last of three: every choice of those that are refused. */
const CHOICES = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]] as const
const WORDS = ['first', 'middle', 'last'] as const
const wordsOf = (refused: readonly number[]): string => refused.map((place) => WORDS[place]).join(' and ')

const FROM = 100_000_000n
const TO = 90_000_000n

/** What is pushed, and why some of it is refused. */
interface Push {
  readonly on: Refusal['of'][number]
  readonly why: 'is gone by then' | 'is too small'
}
const PUSHES: readonly Push[] = [
  { on: 'budget', why: 'is too small' },
  { on: 'budget', why: 'is gone by then' },
  { on: 'campaign', why: 'is gone by then' },
  { on: 'ad-group', why: 'is gone by then' },
]
const NAMES = { budget: 'budgets', campaign: 'pauses of campaigns', 'ad-group': 'pauses of ad groups' } as const

export function specifyPartialSuccess(harness: PlatformHarness): void {
  const { idOf, currency: code } = harness.world
  let stage: Stage
  const open: Stage[] = []
  afterEach(() => Promise.all(open.splice(0).map((one) => one.close())))

  /** Three campaigns of their own for every choice. */
  async function start(): Promise<Stage> {
    const target = { strategy: { kind: 'target-cpa', targetCpaMicros: 12_500_000n } } as const
    const campaigns = Array.from({ length: 3 * CHOICES.length }, (_, i) => ({
      n: i + 1,
      budgetMicros: FROM,
      ...(harness.adGroupsListed === 'with-targets' && target),
    }))
    stage = await startStage(harness, { campaigns })
    open.push(stage)
    // What an adapter remembers of the account, it knows.
    await stage.reader.structure(stage.account)
    return stage
  }

  const tooSmall = (): bigint => {
    const found = harness.limits.budgets.find(({ currency }) => currency === code)
    if (!found) throw new Error(`the harness has no limits of ${code}`)
    return (found.refused?.below ?? found.least) - found.step
  }

  function changeOf({ on, why }: Push, n: number, isRefused: boolean): LeverChange {
    if (on === 'budget') {
      const to = isRefused && why === 'is too small' ? tooSmall() : TO
      return { lever: budgetLever(stage, n), from: moneyOf(amountIn(stage, FROM)), to: moneyOf(amountIn(stage, to)) }
    }
    const lever: Lever = { account: stage.account, kind: 'status', entity: on, id: idOf(n, on) }
    return { lever, from: { kind: 'status', status: 'active' }, to: { kind: 'status', status: 'paused' } }
  }

  /** Whether the world has the change. */
  function stands({ on }: Push, n: number): boolean {
    const campaign = stage.world.own.campaigns.get(idOf(n, 'campaign'))
    if (on === 'budget') return stage.world.own.budgets.get(idOf(n, 'budget'))?.amountMicros === TO
    return (on === 'campaign' ? campaign : campaign?.adGroups.get(idOf(n, on)))?.status === 'paused'
  }

  /** Three changes in one push. What is gone, somebody removed when its write was already on its way. */
  async function pushed(push: Push, numbers: readonly number[], refused: readonly number[]) {
    const isAlone = harness.requestsOfThree[push.on] > 1
    let place = 0
    stage.fail(({ mutating }) => {
      if (!mutating || push.why === 'is too small') return undefined
      for (const gone of isAlone ? refused.filter((one) => one === place) : refused.slice(0, place === 0 ? 3 : 0))
        remove(stage, numbers[gone] ?? 0)
      place += 1
      return undefined
    })
    const before = writesIn(stage)
    const changes = numbers.map((n, place) => changeOf(push, n, refused.includes(place)))
    const results = await stage.writer.apply(stage.account, changes)
    const isRefused = (place: number): boolean => refused.includes(place)
    const words = `${wordsOf(refused)} refused: ${show(results)}`
    // The twin did as it was to: else nothing below would say anything of the adapter.
    expect(numbers.map((n) => stands(push, n), words)).toEqual(numbers.map((_, place) => !isRefused(place)))
    return { results, isRefused, words, requests: writesIn(stage) - before }
  }

  const numbersOf = (choice: number): readonly number[] => [3 * choice + 1, 3 * choice + 2, 3 * choice + 3]

  for (const push of PUSHES)
    test(`${NAMES[push.on]}: one that ${push.why} is refused, two or all three too, and the others are applied, in every position`, async () => {
      await start()
      for (const [choice, refused] of CHOICES.entries()) {
        const { results, isRefused, words, requests } = await pushed(push, numbersOf(choice), refused)
        const rejected = { kind: 'refused', failure: { kind: 'rejected' } }
        const expected = [0, 1, 2].map((place) => (isRefused(place) ? rejected : { kind: 'applied' }))
        expect(results, words).toMatchObject(expected)
        expect(requests, words).toBe(harness.requestsOfThree[push.on])
      }
    })

  for (const { what, of, tell } of harness.wire.refusals)
    test(`${what}: nothing that was refused is said to be applied, nothing applied to be refused`, async () => {
      let told = 0
      for (const push of of.flatMap((on) => PUSHES.find((one) => one.on === on) ?? [])) {
        await start()
        for (const [choice, refused] of CHOICES.entries()) {
          stage.garble((body, asked) => {
            const json = asked.method === 'GET' ? undefined : parsed(body)
            if (json === undefined || !tell(asked, json)) return body
            told += 1
            return JSON.stringify(json)
          })
          const { results, isRefused, words } = await pushed(push, numbersOf(choice), refused)
          for (const [place, { kind }] of results.entries())
            expect(isRefused(place) ? ['refused', 'unknown'] : ['applied', 'unknown'], words).toContain(kind)
        }
      }
      expect(told, 'answers that were told so').toBeGreaterThan(0)
    })
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
