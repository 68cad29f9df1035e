import type { Instant } from '../../lib/units/calendar.ts'
import type { PortfolioFacts } from '../../playground/market/portfolio-facts.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import { type ForkOptions, startRemote } from './rpc.ts'

export const TABLE_PREFIX = 'sluice-bench'

export interface WorldFacts {
  readonly dynamodb: string
  readonly googleApi: string
  readonly googleToken: string
  readonly meta: string
  readonly portfolio: PortfolioFacts
  readonly start: Instant
  /** Takes the instant to go on to as the body of a POST. */
  readonly control: string
}

export interface WorldFigures {
  readonly cpuMs: number
  readonly rssMb: number
}

/** Market, twins and database in a process of their own, so that the worker's figures are the worker's. */
export interface World {
  readonly facts: WorldFacts
  figures(): Promise<WorldFigures>
  /** Of all items of all tables. */
  storedBytes(): Promise<number>
  close(): Promise<void>
}

export async function startWorld(scenario: Scenario, seed: number, fork: ForkOptions): Promise<World> {
  const remote = startRemote(new URL('world-main.ts', import.meta.url).pathname, fork)
  const facts = await remote.ask<WorldFacts>('start', { scenario, seed })
  return {
    facts,
    figures: () => remote.ask('figures'),
    storedBytes: () => remote.ask('storedBytes'),
    close: () => remote.close(),
  }
}

/** Lets the world's time go on, from whichever process. @throws Error when the world refuses */
export async function advance({ control }: WorldFacts, at: Instant): Promise<void> {
  const answer = await fetch(control, { method: 'POST', body: String(at) })
  if (!answer.ok) throw new Error(`the world did not go on to ${at}: ${await answer.text()}`)
}
