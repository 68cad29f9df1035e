import { alertsJson, alertsOf } from '../../cli/commands/alerts.ts'
import { planJson } from '../../cli/commands/plan-view.ts'
import { statusOf } from '../../cli/commands/status.ts'
import { statusJson } from '../../cli/commands/status-view.ts'
import { type Pretend, startPretend } from '../../cli/demo/pretend.ts'
import { dueMessages } from '../../lib/control/dispatch.ts'
import { scorePortfolio } from '../../lib/control/score.ts'
import { accountKey, accountRef } from '../../lib/model/account.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import { readPolicy } from '../../lib/model/policy-file.ts'
import type { Score } from '../../lib/model/score.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import { DAY_MS, HOUR_MS, type Instant, isoInstant } from '../../lib/units/calendar.ts'
import { toDecimal } from '../../lib/units/money.ts'
import type { Market } from '../../playground/market/market.ts'
import { loadScenario } from '../../playground/market/read-scenario.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import { memoryStores } from '../simulation/memory-stores.ts'

export interface MarketerOptions {
  readonly scenario: string
  readonly seed: number
  /** The policy file, as typed. */
  readonly policy: string
  /** Hours UTC of the day's ticks; default: every hour. What is due every hour, or quarter of one, is then done less often. */
  readonly ticksAt?: readonly number[]
}

export type ShownPlan = ReturnType<typeof planJson>
export type ShownStatus = ReturnType<typeof statusJson>

/** Somebody who writes a policy, lets Sluice run, and looks: at plans, status and audit, and at the platforms' screens. */
export interface Marketer {
  /** The truth is for judging, and for nothing else. */
  readonly market: Market
  readonly scenario: Scenario
  until(at: Instant): Promise<void>
  /** `sluice plan --json` of every plan made, oldest first. */
  plans(): Promise<readonly ShownPlan[]>
  /** `sluice status --json`. */
  status(): Promise<ShownStatus>
  /** `sluice alerts --all --json`. */
  alerts(): Promise<ReturnType<typeof alertsJson>['alerts']>
  /** `sluice score`: scores what is old enough; how the predictions of each plan turned out, oldest first. */
  scores(): Promise<readonly Score[]>
  audit(): Promise<readonly { readonly at: string; readonly entry: AuditEntry }[]>
  /** The daily budget that a platform shows for a campaign, or its ad group, by name; in main units. */
  budget(name: string): string
  /** Turns that failed for good, and what the log says of them. */
  readonly lost: readonly string[]
}

const PLANS_MAX = 1_000
const EVERY_HOUR: readonly number[] = Array.from({ length: 24 }, (_, hour) => hour)
/** Ticks are played here, and not by the runner: at some hours only, readings before decisions. */
const NEVER_MS = 100_000 * DAY_MS

/** The whole of Sluice with its real adapters against the pretend platforms, its tables in memory. */
export async function asMarketer(options: MarketerOptions, story: (one: Marketer) => Promise<void>): Promise<void> {
  const scenario = loadScenario(options.scenario)
  const policy = readPolicy(options.policy, 'the marketer’s policy')
  const pretend = await startPretend({
    scenario,
    seed: options.seed,
    tickMs: NEVER_MS,
    stores: memoryStores({ revisions: true }),
    policy: () => policy,
  })
  try {
    await story(marketerOf(pretend, scenario, options.ticksAt ?? EVERY_HOUR))
  } finally {
    await pretend.close()
  }
}

/** One tick of the schedule: all that is due, and what that brings about. */
async function tick({ runner, loopFor, clock }: Pretend): Promise<void> {
  const due = await dueMessages(clock.now(), loopFor('schedule'))
  const isReading = ({ stage }: StageMessage): boolean => stage === 'pull' || stage === 'verify'
  for (const messages of [due.filter(isReading), due.filter((one) => !isReading(one))]) {
    await runner.queue.send(messages)
    await runner.settle()
  }
}

async function until(at: Instant, hours: readonly number[], pretend: Pretend): Promise<void> {
  const next = (now: Instant): Instant => {
    const hour = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS
    return (hours.includes((hour / HOUR_MS) % 24) ? hour : next(hour as Instant)) as Instant
  }
  for (let due = next(pretend.clock.now()); due <= at; due = next(due)) {
    await pretend.runner.runUntil(due)
    await tick(pretend)
  }
  await pretend.runner.runUntil(at)
}

function marketerOf(pretend: Pretend, scenario: Scenario, hours: readonly number[]): Marketer {
  const { market, runner, policy } = pretend
  const desk = pretend.loopFor('marketer')
  const { portfolio } = policy.policy
  return {
    market,
    scenario,
    until: (at) => until(at, hours, pretend),
    plans: async () => {
      const headers = (await desk.plans.recent(portfolio, PLANS_MAX)).toReversed()
      return Promise.all(
        headers.map(async (header) => planJson({ header, decisions: await desk.plans.decisions(header), drifts: [] })),
      )
    },
    status: async () => statusJson(await statusOf(desk)),
    alerts: async () => alertsJson(await alertsOf(desk), desk.clock.now()).alerts,
    scores: async () => {
      await scorePortfolio(portfolio, desk)
      return (await desk.scores.recent(portfolio, PLANS_MAX)).toReversed()
    },
    audit: async () => {
      const chains = market.accounts.map(({ platform, id }) => accountKey(accountRef(platform, id)))
      const lines: { at: string; entry: AuditEntry }[] = []
      for (const chain of [...chains, `portfolio/${portfolio}`])
        for await (const { at, entries } of desk.audit.records(chain))
          lines.push(...entries.map((entry) => ({ at: isoInstant(at), entry })))
      return lines.toSorted((a, b) => (a.at < b.at ? -1 : 1))
    },
    budget: (name) => {
      const found = market.accounts.flatMap(({ budgets }) => [...budgets.values()]).find((one) => one.name === name)
      if (!found) throw new RangeError(`no budget is called "${name}"`)
      return toDecimal({ micros: found.amountMicros, currency: policy.policy.baseCurrency }, 2)
    },
    get lost() {
      return runner.deadLetters.map(({ queue, body }) => `${queue} ${body}`)
    },
  }
}
