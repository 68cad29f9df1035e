import { canonicalJson } from '../model/canonical.ts'
import { type OrderEntry, REFUNDS_MAX, type Refund, type Sale } from '../model/shop-order.ts'
import type { Faults, Place } from './problem.ts'

/** Looks at each order of a file beside the lines before it. */
export function beside(faults: Faults): (entry: OrderEntry, place: Place) => void {
  const refunds = new Map<string, Set<string>>()
  const versions = new Map<string, Version>()
  return (entry, place) => {
    countRefund(entry, place, refunds, faults)
    checkVersions(entry, place, versions, faults)
  }
}

/** Adds a fault for the first refund with which an order has too many. */
function countRefund({ id, refund }: OrderEntry, place: Place, seen: Map<string, Set<string>>, faults: Faults): void {
  if (!refund) return
  const keys = seen.get(id) ?? new Set()
  const isNew = !keys.has(refund.key)
  seen.set(id, keys.add(refund.key))
  if (isNew && keys.size === REFUNDS_MAX + 1)
    faults.add({
      ...place,
      column: 'refundId',
      value: refund.key,
      what: `is one refund more than the ${REFUNDS_MAX} that order ${id} may have`,
      remedy: 'give each refund one id and tell it by that, or add up the small ones',
    })
}

interface Version {
  readonly text: string
  readonly line: number | undefined
}

/**
 * Adds a fault for what a line before tells otherwise with the same `updatedAt`: a line for each article of an order, mostly,
 * or two refunds of one moment. One of them would stand, and it is not all that was sold or given back.
 */
function checkVersions(
  { id, sale, refund }: OrderEntry,
  place: Place,
  seen: Map<string, Version>,
  faults: Faults,
): void {
  const check = (part: Sale | Refund, key: string, fault: Omit<Parameters<Faults['add']>[0], 'file'>): void => {
    const [name, text] = [`${key} ${part.updatedAt}`, canonicalJson(part)]
    const before = seen.get(name)
    if (!before) seen.set(name, { text, line: place.line })
    else if (before.text !== text)
      faults.add({ ...place, ...fault, what: `${fault.what} otherwise in line ${before.line}` })
  }
  if (sale)
    check(sale, `order ${id}`, {
      ...{ column: 'orderId', value: id, what: 'is told' },
      remedy: 'tell each order in one line, with the sum of its articles; where it was corrected, add updatedAt',
    })
  if (refund)
    check(refund, `refund ${id} ${refund.key}`, {
      ...{ column: 'refundId', value: refund.key, what: `of order ${id} is told` },
      remedy: 'give each refund of an order a refundId of its own; where one was corrected, add updatedAt',
    })
}
