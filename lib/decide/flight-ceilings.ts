import type { Policy } from '../model/policy.ts'
import type { Ceilings } from './portfolio-problem.ts'

const ceilingsOf = ({ goal, groups }: Policy): readonly Ceilings[] => [goal as Ceilings, ...groups]
export const isOnAverage = (policy: Policy): boolean =>
  ceilingsOf(policy).some(({ targetCpa, targetRoas }) => targetCpa !== undefined || targetRoas !== undefined)
export const isMarginal = (policy: Policy): boolean =>
  policy.goal.kind === 'profit' ||
  ceilingsOf(policy).some(({ marginalCpa, marginalRoas }) => marginalCpa !== undefined || marginalRoas !== undefined)
export const hasCeiling = (policy: Policy): boolean => isOnAverage(policy) || isMarginal(policy)

/** The policy with nothing asked of what money brings. */
export const withoutCeilings = (policy: Policy): Policy => ({
  ...policy,
  goal: { kind: 'conversions' },
  groups: policy.groups.map(({ targetCpa: _, targetRoas: __, marginalCpa: ___, marginalRoas: ____, ...rest }) => rest),
})
