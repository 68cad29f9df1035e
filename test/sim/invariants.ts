/** What must hold, whatever happens: looked at after every effect that could break it, by the order of events alone. */
export const INVARIANTS = {
  'written-first':
    'nothing is sent that was not written down before as an intent with its reservation, for that value exactly',
  'sent-once': 'an intent is sent at most once, and takes effect at most once',
  'looked-again':
    'nothing is sent unless the sender has read, since the reservation, that the value its decision was based on still stands',
  frozen:
    'nothing is sent under a freeze that was there when the sender looked last, and it looks after the reservation',
  approved:
    'nothing is reserved for a plan that is not approved, has expired, was made under another policy, or in shadow',
  'day-open': 'nothing that costs money is sent on a day that is not open in the ledger',
  'dead-zone':
    'nothing but a pause, an order back to the caps and a cut of the guard is reserved in the minutes around the account’s midnight',
  'never-started': 'nothing that is paused is started',
  caps: 'no reservation carries the worst case of an account’s or a portfolio’s day over its cap',
  'caps-in-truth':
    'no reservation carries what the platforms may really have in force, by their own record, over the account’s cap',
  steps: 'no budget rises by more within one account day than the policy and the platform allow',
  'cuts-first':
    'a plan’s raises never exceed its own growth and what its cuts have freed, counted only where they stand on the platform',
  counted:
    'what we set, or may still set, is counted in the ledger of its day at no less than its value, until it is verified otherwise',
  'ledger-is-audit': 'each ledger is the sum of its audit entries, after every transaction',
  'ledger-is-records':
    'each open ledger is the sum of the worst cases of the budgets’ records, after every transaction',
  versions: 'no record is written over a version that the writer has not read',
  'one-open-intent': 'no lever has two open intents',
  'in-order': 'no intent takes effect after a newer one was written down for the same lever',
  'final-is-final': 'what was settled as not applied does not take effect any more',
  'persons-hold':
    'a budget that is held, for a person who has set it or by the guard, is moved by no plan that was made before',
  held: 'a budget that is held for a person, by the guard or in a test of the platform is moved by no daily decision at all',
  'never-adopted':
    'an edit that the account’s cap, the policy’s bounds or its factor for errors do not allow is never adopted',
  step: 'no decision moves a budget by more than the policy’s step, and the platform’s',
  rate: 'no lever is raised once it was moved as often in an account day as the policy lets it be moved',
  'base-books':
    'each portfolio’s ledger is what a bystander makes of its day in the base currency, by the exchange’s own rates',
  'guard-takes-less': 'the guard raises and starts nothing, and cuts nothing below its floor',
  'guard-acts':
    'where spend was over the cap for two turns of the guard, a person is told, and what the policy says was done, or why not is said',
  'good-data': 'no budget is moved by a plan on data that are stale, incomplete, or counted wrongly',
  settles: 'when the weather is calm, every intent is settled within an hour',
  agrees: 'when the weather is calm, every record shows what the platform shows within an hour',
  'fold-is-state': 'at the end, the fold of the whole audit log is the state of every ledger',
} as const

export type InvariantName = keyof typeof INVARIANTS

export interface Violation {
  readonly invariant: InvariantName
  /** The number of the effect after which it was found. */
  readonly event: number
  readonly detail: string
}
