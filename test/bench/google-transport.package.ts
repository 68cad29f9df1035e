/** A process of its own for what is tried with `google-ads-api`: calls that never end go with it. */
import { setTimeout } from 'node:timers/promises'
import type { Customer } from 'google-ads-api'
import { type Outcome, outcomeOf } from './google-transport.outcome.ts'
import { customerAt, type Place, warmed } from './google-transport.seams.ts'
import { answering } from './rpc.ts'

export interface Attempt {
  readonly call: 'write' | 'read'
  readonly place: Place
}

export interface Attempts {
  readonly attempts: readonly Attempt[]
  readonly watchMs: number
}

answering({ attempts: all })

/** All at the same time, one outcome for each. */
async function all({ attempts, watchMs }: Attempts): Promise<readonly Outcome[]> {
  const ready = attempts.map(({ place, call }) => ({ customer: customerAt(place), call }))
  for (const { customer, call } of ready) if (call === 'write') await warmed(customer)
  const pending: Outcome = { startedAt: Date.now(), text: 'still pending' }
  const made = ready.map(({ customer, call }) => outcomeOf(call === 'write' ? write(customer) : read(customer), said))
  return Promise.all(made.map((outcome) => Promise.race([outcome, setTimeout(watchMs, pending)])))
}

async function write(customer: Customer): Promise<string> {
  const resource = { resource_name: 'customers/1234567890/campaignBudgets/501', amount_micros: 50_000_000 }
  await customer.mutateResources([{ entity: 'campaign_budget', operation: 'update', resource }])
  return 'success'
}

/** The ids that came: named alike in both of the package's forms. */
async function read(customer: Customer): Promise<string> {
  const rows = await customer.query<{ campaign: { id: string | number } }[]>('SELECT campaign.id FROM campaign')
  return `success: ${rows.map(({ campaign: { id } }) => `${typeof id} ${id}`).join(', ')}`
}

const said = (error: unknown): string => {
  const { name, message } = error instanceof Error ? error : { name: 'not an Error', message: String(error) }
  return `${name}: ${message.split('\n')[0]?.slice(0, 60)}`
}
