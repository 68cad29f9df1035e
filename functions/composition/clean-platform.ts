import { PlatformError, type WriteResult } from '../../lib/model/failure.ts'
import { cleanFailure, messageText, nameText } from '../../lib/model/foreign-text.ts'
import type { SpendStops } from '../../lib/model/spend-stop.ts'
import type { AccountStructure, Campaign, ChangeEvent } from '../../lib/model/structure.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'

/**
 * The platform, with every text that it hands on made fit to be stored and shown: names and actors on one line and
 * bounded, failures without credentials and addresses. Here, because every adapter passes here, those to come too.
 */
export const cleanPlatform = ({ id, capabilities, reader, writer }: AdPlatform): AdPlatform => ({
  id,
  capabilities,
  reader: cleaned(reader, { structure: cleanStructure, changes: cleanChanges, spendStops: cleanStops }),
  writer: cleaned(writer, {
    apply: (results) => results.map(cleanResult),
    announce: cleanResult,
    withdraw: cleanResult,
    keepStop: cleanResult,
    removeStop: cleanResult,
  }),
})

type Ask = (...args: never[]) => Promise<unknown>
type Answers<T> = {
  [K in keyof T]?: NonNullable<T[K]> extends (...args: never[]) => Promise<infer A> ? (answer: A) => A : never
}

/** Every method of `of`, those that its port gains later too: answers of those in `by` are cleaned, errors of all. */
function cleaned<T extends object>(of: T, by: Answers<T>): T {
  const wrapped = Object.entries(of as Record<string, Ask>).map(([name, ask]) => {
    const each = (by as Record<string, (answer: unknown) => unknown>)[name]
    return [name, (...args: never[]) => clean(ask.apply(of, args), each)] as const
  })
  return Object.fromEntries(wrapped) as T
}

/** What is no PlatformError is a fault of this program and travels on as it is. */
async function clean(answer: Promise<unknown>, each: ((value: unknown) => unknown) | undefined): Promise<unknown> {
  try {
    return each ? each(await answer) : await answer
  } catch (error) {
    throw error instanceof PlatformError ? new PlatformError(cleanFailure(error.failure)) : error
  }
}

function cleanResult(result: WriteResult): WriteResult {
  if (result.kind === 'refused') return { kind: 'refused', failure: cleanFailure(result.failure) }
  return result.kind === 'unknown' ? { kind: 'unknown', detail: messageText(result.detail) } : result
}

const named = <T extends { readonly name: string }>(one: T): T => {
  const name = nameText(one.name)
  return name === one.name ? one : { ...one, name }
}

const cleanCampaign = (campaign: Campaign): Campaign => ({
  ...named(campaign),
  ...(campaign.criteria && { criteria: campaign.criteria.map(named) }),
  ...(campaign.trouble && { trouble: { ...campaign.trouble, reasons: campaign.trouble.reasons.map(nameText) } }),
})

const cleanStructure = (structure: AccountStructure): AccountStructure => ({
  ...named(structure),
  blockers: structure.blockers.map(({ code, detail }) => ({ code: nameText(code), detail: messageText(detail) })),
  campaigns: structure.campaigns.map((one) => (one.criteria || one.trouble ? cleanCampaign(one) : named(one))),
  adGroups: structure.adGroups.map(named),
  budgets: structure.budgets.map(named),
  experiments: structure.experiments.map(named),
})

const cleanStops = ({ standing, stopped }: SpendStops): SpendStops => ({
  standing: standing.map((one) => ({
    ...named(one),
    ...(one.altered === undefined ? {} : { altered: messageText(one.altered) }),
  })),
  stopped: stopped.map((one) => ({ ...one, by: named(one.by) })),
})

/** Actors stay as they are known to the platform, e-mail addresses too: a person asks who moved the budget. */
const cleanChanges = (events: readonly ChangeEvent[] | 'unreviewed'): readonly ChangeEvent[] | 'unreviewed' =>
  events === 'unreviewed'
    ? events
    : events.map((event) => ({
        ...event,
        actor: nameText(event.actor),
        field: nameText(event.field),
        ...(event.from === undefined ? {} : { from: nameText(event.from) }),
        ...(event.to === undefined ? {} : { to: nameText(event.to) }),
      }))
