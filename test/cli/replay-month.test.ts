import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { replay } from '../../cli/commands/replay.ts'
import type { Deployment } from '../../cli/config/deployment.ts'
import type { Screen } from '../../cli/terminal/screen.ts'
import { dailyPlanTurn } from '../../lib/control/dispatch.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { valueText } from '../../lib/control/value-text.ts'
import type { limitsOf } from '../../lib/decide/guardrails.ts'
import { accountKey, parseAccountKey } from '../../lib/model/account.ts'
import { parseCanonical } from '../../lib/model/canonical.ts'
import { type LeverValue, leverKey } from '../../lib/model/lever.ts'
import type { Observation } from '../../lib/model/observation.ts'
import { type Decision, decisionLever } from '../../lib/model/plan.ts'
import { DAY_MS, HOUR_MS, later } from '../../lib/units/calendar.ts'
import { beliefsOf } from '../sim/beliefs.ts'
import { A, B, type Rig, rig } from '../simulation/rig.ts'

const DAYS = 30
const GUARDRAILS = '../../lib/decide/guardrails.ts'

let stage: Rig
let desk: Loop

/** A month of daily decisions over two accounts, one of them in dollars, with something to move every day; pushed as they were made. */
beforeAll(async () => {
  stage = await rig({
    currencies: { '2': 'USD' },
    rates: (from, to, date) => ({ from, to, date, microsPerUnit: from === to ? 1_000_000n : 500_000n }) as never,
    policy: { flight: { from: '2026-06-01', to: '2026-07-10', total: '40000 EUR' } },
  })
  desk = { ...stage.loop, beliefs: beliefsOf(1, new Map()) }
  await stage.ready()
  for (let day = 0; day < DAYS; day++) {
    const turn = dailyPlanTurn(stage.policy.policy, stage.now())
    for (const account of [A, B]) await stage.run('pull', account)
    const key = stage.policy.policy.portfolio
    await runTurn(
      { stage: 'plan', key, turn, attempt: 0 },
      { ...stage.worker(`planner-${day}`), beliefs: desk.beliefs! },
    )
    for (const account of [A, B]) await stage.run('act', account)
    stage.wait(HOUR_MS)
    for (const account of [A, B]) await stage.run('verify', account)
    stage.wait(DAY_MS - HOUR_MS)
  }
}, 60_000)
afterEach(() => {
  vi.doUnmock(GUARDRAILS)
  vi.resetModules()
})

interface Difference {
  readonly lever: string
  readonly before: string | null
  readonly after: string | null
  readonly differenceMicros: string | null
  readonly currency: string | null
}
interface Shown {
  readonly exitCode: number
  readonly portfolios: readonly {
    readonly days: readonly { readonly date: string; readonly differences: number; readonly totalMicros: string }[]
    readonly plans: readonly {
      readonly plan: string
      readonly kind: string
      readonly decisions: number
      readonly totalMicros: string
      readonly differences: readonly Difference[]
    }[]
  }[]
}

/** What the command says of the month, with the code that this module belongs to. */
async function said(command: typeof replay): Promise<{ text: string; shown: Shown; code: number }> {
  const [text, records]: [string[], object[]] = [[], []]
  const screen = {
    print: (line: string) => void text.push(line),
    warn: (line: string) => void text.push(line),
    record: (value: object) => void records.push(value),
  } as Partial<Screen> as Screen
  const deployment = { desk, clock: stage.loop.clock } as Partial<Deployment> as Deployment
  const code = await command(undefined, { days: DAYS + 1 }, deployment, screen)
  return { text: text.join('\n'), shown: records[0] as Shown, code }
}

test('a month replayed with the code that decided it differs in nothing', async () => {
  const { text, shown, code } = await said(replay)
  expect([code, text]).toEqual([0, `Portfolio eu: ${DAYS} plans decided again, 0 of ${DAYS * 5} decisions differ.`])
  expect(shown.portfolios[0]!.plans.flatMap(({ differences }) => differences)).toEqual([])
})

/** The decision code with steps of a twentieth at most, upwards, in place of the policy's fifth. */
const shorterSteps = (original: { limitsOf: typeof limitsOf }) => ({
  ...original,
  limitsOf: (context: Parameters<typeof limitsOf>[0]) => {
    const guardrails = { ...context.policy.guardrails, maxStepUp: 0.05 }
    return original.limitsOf({ ...context, policy: { ...context.policy, guardrails } })
  },
})

interface Expected extends Difference {
  readonly plan: string
}

const stands = (one: Decision | undefined): LeverValue | undefined =>
  one?.kind === 'change' ? one.change.to : one?.value
const micros = (value: LeverValue | undefined): bigint => (value?.kind === 'money' ? value.amount.micros : 0n)

/** Each plan decided anew by the code as it is loaded now, and held lever by lever against what was decided. */
async function decidedOtherwise(): Promise<readonly Expected[]> {
  const { decide } = await import('../../lib/decide/plan.ts')
  const now = stage.now()
  const found: Expected[] = []
  for (const header of await desk.plans.between(stage.policy.policy.portfolio, later(now, -40 * DAY_MS), now)) {
    const seen = parseCanonical<Observation>(await desk.archive.get(header.inputsHash))
    const capabilities = (key: Parameters<typeof parseAccountKey>[0]) =>
      desk.platforms(parseAccountKey(key).platform).capabilities
    const after = decide(seen, desk.beliefs!(seen), capabilities, header.inputsHash).decisions
    for (const one of await desk.plans.decisions(header)) {
      const lever = leverKey(decisionLever(one))
      const [was, is] = [stands(one), stands(after.find((other) => leverKey(decisionLever(other)) === lever))]
      if (micros(was) === micros(is)) continue
      const currency = was?.kind === 'money' ? was.amount.currency : null
      const difference = String(micros(is) - micros(was))
      const [before, then] = [was && valueText(was), is && valueText(is)]
      found.push({ plan: header.id, lever, before: before!, after: then!, differenceMicros: difference, currency })
    }
  }
  return found
}

const sorted = (all: readonly Expected[]): readonly string[] =>
  all
    .map((one) => [one.plan, one.lever, one.before, one.after, one.differenceMicros, one.currency].join(' | '))
    .toSorted()

test('a month replayed with other decision code lists every decision that differs, in money, and none is left out', async () => {
  vi.resetModules()
  vi.doMock(GUARDRAILS, async (original) => shorterSteps(await original<{ limitsOf: typeof limitsOf }>()))
  const { replay: changed } = await import('../../cli/commands/replay.ts')
  const expected = await decidedOtherwise()
  const { text, shown, code } = await said(changed)
  expect(code).toBe(2)
  const [{ plans, days }] = shown.portfolios as [Shown['portfolios'][number]]
  const listed = plans.flatMap(({ plan, differences }) => differences.map((one) => ({ ...one, plan })))
  expect(sorted(listed)).toEqual(sorted(expected))
  // Most of the month differs, on both accounts, and on some days on several budgets.
  expect(new Set(expected.map(({ plan }) => plan)).size).toBeGreaterThan(DAYS / 2)
  expect(expected.length).toBeGreaterThan(DAYS)
  expect(new Set(expected.map(({ currency }) => currency))).toEqual(new Set(['EUR', 'USD']))
  // The same, for people: a line for each of them.
  expect(text.split('\n').filter((line) => / \(scripted:/.test(line))).toHaveLength(expected.length)
  expect(text).toContain(`${DAYS} plans decided again, ${expected.length} of ${DAYS * 5} decisions differ.`)
  // In the base currency, in which a dollar is half a euro.
  const inEuros = (of: readonly Expected[]): number =>
    of.reduce((sum, one) => sum + Number(one.differenceMicros) / (one.currency === 'USD' ? 2 : 1), 0)
  for (const { plan, totalMicros } of plans)
    expect(Number(totalMicros)).toBeCloseTo(inEuros(expected.filter((one) => one.plan === plan)), -1)
  expect(days.reduce((sum, { totalMicros }) => sum + Number(totalMicros), 0)).toBeCloseTo(inEuros(expected), -2)
  expect(days.reduce((sum, { differences }) => sum + differences, 0)).toBe(expected.length)
})

test('what was raised by a fifth would be raised by a twentieth', async () => {
  vi.resetModules()
  vi.doMock(GUARDRAILS, async (original) => shorterSteps(await original<{ limitsOf: typeof limitsOf }>()))
  const { replay: changed } = await import('../../cli/commands/replay.ts')
  const first = (await desk.plans.between(stage.policy.policy.portfolio, 0 as never, stage.now())).at(-1)!
  const { shown } = await said(changed)
  const plan = shown.portfolios[0]!.plans.find((one) => one.plan === first.id)!
  // From 100, 200 or 300, as each budget of the first morning stood.
  const [raised] = plan.differences.filter(({ lever, before }) => lever.endsWith('/10') && before === '120 EUR')
  expect(raised).toMatchObject({ lever: `${accountKey(A)}/daily-budget/budget/10`, after: '105 EUR' })
  expect(raised!.differenceMicros).toBe('-15000000')
})
