import { canonicalJson } from '../model/canonical.ts'
import { type OrderEntry, REFUNDS_MAX, type Refund, type Sale } from '../model/shop-order.ts'
import type { Faults, Place } from './problem.ts'

/** Looks at each order of a file beside the lines before it. */
export function beside(faults: Faults): (entry: OrderEntry, place: Place) => void {
  const refunds = new Map<string, Set<string>>()
  const told: Told = { first: new Map(), parts: new Map() }
  return (entry, place) => {
    countRefund(entry, place, refunds, faults)
    checkVersions(entry, place, told, faults)
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
      order: id,
      what: `is one refund more than the ${REFUNDS_MAX} that an order may have`,
      remedy: 'give each refund one id and tell it by that, or add up the small ones',
    })
}

/** An order's first line by its id, and, of those that have several lines, each part by its version. */
interface Told {
  readonly first: Map<string, OrderEntry>
  readonly parts: Map<string, { readonly part: Sale | Refund; readonly line: number | undefined }>
}

/**
 * Adds a fault for what a line before tells otherwise with the same `updatedAt`: a line for each article of an order, mostly,
 * or two refunds of one moment. One of them would stand, and it is not all that was sold or given back.
 */
function checkVersions(entry: OrderEntry, place: Place, { first, parts }: Told, faults: Faults): void {
  const before = first.get(entry.id)
  if (!before) {
    first.set(entry.id, entry)
    return
  }
  for (const one of [before, entry])
    for (const { version, part, fault } of partsOf(one)) {
      const told = parts.get(version)
      const line = one === before ? before.source?.line : place.line
      if (!told) parts.set(version, { part, line })
      else if (one === entry && canonicalJson(told.part) !== canonicalJson(part))
        faults.add({ ...place, ...fault, what: `${fault.what} otherwise in line ${told.line}` })
    }
}

const partsOf = ({ id, sale, refund }: OrderEntry) => [
  ...(sale
    ? [
        {
          version: `order ${id} ${sale.updatedAt}`,
          part: sale,
          fault: {
            ...{ column: 'orderId', value: id, what: 'is told' },
            remedy: 'tell each order in one line, with the sum of its articles; where it was corrected, add updatedAt',
          },
        },
      ]
    : []),
  ...(refund
    ? [
        {
          version: `refund ${id} ${refund.key} ${refund.updatedAt}`,
          part: refund,
          fault: {
            ...{ column: 'refundId', value: refund.key, order: id, what: 'is told' },
            remedy: 'give each refund of an order a refundId of its own; where one was corrected, add updatedAt',
          },
        },
      ]
    : []),
]
