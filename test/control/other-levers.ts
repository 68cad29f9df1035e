import { accountKey } from '../../lib/model/account.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import { type Lever, type LeverChange, type LeverValue, leverKey, sameValue } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { A, euros, type Rig, type RigOptions, rig, statusOf, targetOf } from '../simulation/rig.ts'

/** Campaign 12's time in the portfolio was over yesterday; the others are in it. */
export const MEMBERS = [
  { name: 'campaign 12', class: 'prospecting', to: '2026-06-01' },
  { name: 'campaign 10', class: 'prospecting' },
  { name: 'campaign 11', class: 'prospecting' },
  { name: 'campaign 2', class: 'prospecting' },
]
export const PAUSED: LeverValue = { kind: 'status', status: 'paused' }
export const ACTIVE: LeverValue = { kind: 'status', status: 'active' }
export const cpa = (units: number): LeverValue => ({ kind: 'money', amount: euros(units) })

export const pauseOf = (campaign: string): LeverChange => ({
  lever: statusOf(A, campaign),
  from: ACTIVE,
  to: PAUSED,
})
export const targetTo = (campaign: string, from: number, to: number): LeverChange => ({
  lever: targetOf(A, campaign),
  from: cpa(from),
  to: cpa(to),
})

/** Campaign 11 bids towards 20 EUR per conversion. */
export async function withTarget(options: RigOptions = {}): Promise<Rig> {
  const stage = await rig({ ...options, policy: { members: MEMBERS, ...options.policy } })
  stage.ads.accounts.get(accountKey(A))!.targets.set('11', { cpa: euros(20).micros })
  await stage.ready()
  return stage
}

export const stateAt = async ({ loop }: Rig, lever: Lever): Promise<LeverState | undefined> =>
  (await loop.money.allLevers(lever.account)).get(leverKey(lever))

export async function entriesOf({ loop }: Rig): Promise<readonly AuditEntry[]> {
  return (await Array.fromAsync(loop.audit.records(accountKey(A)))).flatMap(({ entries }) => entries)
}

/** Levers of any kind that are pending, or known otherwise than they stand. */
export async function astray({ loop, ads }: Rig): Promise<readonly string[]> {
  const found: string[] = []
  for (const own of ads.accounts.values())
    for (const { lever, pending, known } of (await loop.money.allLevers(own.account)).values()) {
      if (pending) found.push(`${leverKey(lever)} is pending`)
      const stands = ads.valueOf(lever)
      if (!stands || !sameValue(stands, known)) found.push(`${leverKey(lever)} is not known as it stands`)
    }
  return found
}

/** What was sent more than once within a day. */
export const sentTwice = ({ ads }: Rig): readonly string[] => {
  const sent = ads.sent.map(({ at, change }) => `${new Date(at).toISOString().slice(0, 10)} ${leverKey(change.lever)}`)
  return sent.filter((one, i) => sent.indexOf(one) !== i)
}
