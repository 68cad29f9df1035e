import type { PlatformLimits, RequestLimit } from '../model/request-limits.ts'
import { ceilingOf } from './limit-book.ts'

/** @throws RangeError for limits that contradict themselves, or would never let a request of some use through */
export function checkLimits({ limits }: PlatformLimits): void {
  const names = limits.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw new RangeError(`limit "${twice}" is there twice: give each a name of its own`)
  for (const limit of limits) checkLimit(limit)
}

function checkLimit(limit: RequestLimit): void {
  const { name, windowMs, most, cost, reserved } = limit
  if (!(windowMs >= 1 && Number.isInteger(windowMs)))
    throw new RangeError(`limit "${name}": windowMs ${windowMs} must be a whole number of milliseconds, 1 or more`)
  const shares = [reserved.writes, reserved.urgent]
  if (shares.some((share) => !(share >= 0)) || !(reserved.writes + reserved.urgent < 1))
    throw new RangeError(`limit "${name}": reserved ${shares.join(' and ')} must be 0 or more and below 1 together`)
  for (const use of ['read', 'write', 'urgent'] as const)
    if (!(cost[use] >= 0) || cost[use] > ceilingOf(limit, use))
      throw new RangeError(
        `limit "${name}": a request to ${use} costs ${cost[use]} of the ${ceilingOf(limit, use)} that it may take (most ${most}): lower the cost or what is reserved`,
      )
}
