import { describe, expect, test } from 'vitest'
import { DEFAULT_TIMING } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { PlatformFailure } from '../../lib/model/failure.ts'
import { intercepted } from '../simulation/ports.ts'
import { A, euros, type Rig, rig } from '../simulation/rig.ts'

const { runLimitMs } = DEFAULT_TIMING

async function ready(): Promise<Rig> {
  const stage = await rig()
  await stage.ready()
  await stage.plan([
    [A, '10', 80],
    [A, '11', 180],
  ])
  return stage
}

/** One act turn; what it says, and what was sent. The look at the freezes of this number takes so long. */
async function act(stage: Rig, { look = 0, takes = 0 } = {}) {
  let looks = 0
  const loop = intercepted(stage.worker('actor'), async (name, effect) => {
    if (name === 'freezes.active' && ++looks === look) stage.wait(takes)
    return effect()
  })
  const result = await runTurn({ stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 0 }, loop)
  return { sent: stage.ads.sent.map(({ change }) => change.lever.id), ...(result.kind === 'ran' ? result.summary : {}) }
}

const refused =
  (failure: PlatformFailure) =>
  (results: readonly unknown[]): readonly { readonly kind: 'refused'; readonly failure: PlatformFailure }[] =>
    results.map(() => ({ kind: 'refused', failure }))

describe('the end of a run', () => {
  test('is after its limit: what is looked at in its last instant is sent, a millisecond later it is not', async () => {
    expect(await act(await ready(), { look: 2, takes: runLimitMs })).toMatchObject({ sent: ['10', '11'], verified: 2 })
    const late = await ready()
    expect(await act(late, { look: 2, takes: runLimitMs + 1 })).toMatchObject({ sent: [], refused: 2 })
    expect((await late.state(A, '10')).pending).toBeUndefined()
  })

  test('is looked for between two requests, too', async () => {
    const oneByOne = async (takes: number) => {
      const stage = await ready()
      stage.ads.oneByOne = true
      return act(stage, { look: 3, takes })
    }
    expect(await oneByOne(runLimitMs)).toMatchObject({ sent: ['10', '11'], verified: 2 })
    expect(await oneByOne(runLimitMs + 1)).toMatchObject({ sent: ['10'], verified: 1, refused: 1 })
  })
})

describe('what a turn says of its chunk', () => {
  test('is how many came to which end', async () => {
    const stage = await ready()
    stage.ads.fate = ({ lever }) => (lever.id === '10' ? 'refused' : 'lost-before')
    expect(await act(stage)).toMatchObject({ refused: 1, unknown: 1, dropped: 0 })
    const both = await ready()
    both.ads.fate = () => 'refused'
    const said = await act(both)
    expect(said).toMatchObject({ refused: 2 })
    expect(said).not.toHaveProperty('accountRefused')
  })

  test.each(['rate-limited', 'quota-exhausted', 'unauthorised'] as const)(
    'and how many %s, which the rest of the account would be as well',
    async (kind) => {
      const stage = await ready()
      stage.ads.answers = refused({ kind, detail: 'not now', retryAfterMs: 1000 } as PlatformFailure)
      expect(await act(stage)).toMatchObject({ refused: 2, accountRefused: 2 })
    },
  )
})

test('what a platform accepts and does not show yet is unknown, and its lever stays closed', async () => {
  const stage = await ready()
  stage.ads.fate = ({ lever }) => (lever.id === '10' ? { stored: euros(100).micros } : 'applied')
  expect(await act(stage)).toMatchObject({ unknown: 1, verified: 1 })
  expect((await stage.state(A, '10')).pending).toBeDefined()
})
