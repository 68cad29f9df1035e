import type { Mutant } from './plant.ts'

/**
 * Bugs of the protocol, each of which the simulation must find. To add one: a name, what it is, and the text of the
 * product that it replaces.
 */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no-worst-case',
    what: 'a raise is sent without being counted in the ledger',
    file: 'lib/control/reserve.ts',
    find: 'const delta = worstCaseChange(state, nextState, books.date, books.factor, books.structure.currency)',
    put: 'const delta = zero(books.structure.currency)',
  },
  {
    name: 'no-condition',
    what: 'records are written whatever version they have',
    file: 'test/simulation/memory-stores.ts',
    find: "if (on.length > 0) return { kind: 'conflict', on }",
    put: '',
  },
  {
    name: 'unknown-is-refused',
    what: 'a write without an answer is taken for one that was refused',
    file: 'lib/control/push.ts',
    find: "return { kind: 'unknown', detail: result.detail }",
    put: "return { kind: 'refused', failure: { kind: 'transient', detail: result.detail } }",
  },
  {
    name: 'no-look-at-freezes',
    what: 'the freezes are not looked at before the push',
    file: 'lib/control/push.ts',
    find: 'const freeze = frozen(intent.change.lever)',
    put: 'const freeze = undefined as string | undefined',
  },
  {
    name: 'raises-do-not-wait',
    what: 'raises are sent before the cuts that pay for them have settled',
    file: 'lib/control/broken-cap.ts',
    find: "return compare(add(raised, growth), headroom) > 0 ? 'the cuts that were to pay for it are not verified' : undefined",
    put: 'return compare(add(raised, growth), headroom) > 0 ? undefined : undefined',
  },
  {
    name: 'no-second-look',
    what: 'the live value is not compared again before the push',
    file: 'lib/control/push.ts',
    find: 'return value !== undefined && sameValue(value, change.from)\n}',
    put: 'return value !== undefined && (sameValue(value, change.from) || true)\n}',
  },
  {
    name: 'no-lease',
    what: 'a write without an answer is settled by the first reading, while it may still arrive',
    file: 'lib/control/verify.ts',
    find: 'now < intent.leaseUntil',
    put: 'false',
  },
  {
    name: 'pending-forgotten',
    what: 'a lever is moved again while the outcome of an earlier push is unknown',
    file: 'lib/control/reserve.ts',
    find: "if (state.pending) return { refused: 'an earlier push is not settled', outcome: 'dropped' }",
    put: '',
  },
  {
    name: 'hold-forgotten',
    what: 'a plan moves what a person has set since it was made',
    file: 'lib/control/last-look.ts',
    find: 'return isOrdered ? undefined :',
    put: 'return isOrdered || madeAt > 0 ? undefined :',
  },
  {
    name: 'unapproved',
    what: 'a plan is acted on whatever was decided about it',
    file: 'lib/control/dispatch.ts',
    find: "header.approval.kind === 'approved' && ",
    put: '',
  },
  {
    name: 'other-policy',
    what: 'a plan is acted on that was made under another policy',
    file: 'lib/control/act.ts',
    find: 'if (header.policyVersion !== steering.version.version)',
    put: 'if (header.policyVersion === undefined)',
  },
  {
    name: 'released-though-sent',
    what: 'what was sent without an answer is taken out of the ledger when it is given up',
    file: 'lib/control/settle.ts',
    find: 'const back = mayHaveApplied ? charged(before, date) : unsent(before, date)',
    put: 'const back = unsent(before, mayHaveApplied ? date : date)',
  },
  {
    name: 'stale-data',
    what: 'budgets are moved on data of any age',
    file: 'lib/decide/holds.ts',
    find: '({ observation, account }) => staleness(observation, account),',
    put: '({ observation, account }) => (observation.now > 0 ? undefined : staleness(observation, account)),',
  },
  {
    name: 'out-of-time',
    what: 'a worker that slept past its limit sends all the same',
    file: 'lib/control/push.ts',
    find: 'loop.clock.now() > endOfRun([intent], loop)',
    put: 'loop.clock.now() > endOfRun([intent], loop) + 3_600_000',
  },
]
