import { type Cell, levelOf, overDimensions, UNLISTED } from '../../measure/cells/cells.ts'
import type { ClickCell } from '../../model/evidence.ts'
import type { Campaign } from '../../model/structure.ts'
import type { MultiplierDimension } from './placed.ts'

/** In the order in which they are learned; the order does not matter to what is learned. */
const BESIDE_DEVICE = ['hour', 'place', 'audience'] as const

/** A cell with what counts as its outcome. */
export interface CountedCell {
  readonly cell: ClickCell
  readonly outcome: number
}

/**
 * A campaign's clicks as tables for the fit: by device, and by each of the other dimensions of which it lists something,
 * with the device where it is counted with it. Platforms do not count places, hours and audiences together.
 *
 * Clicks that fell to no listed place or audience are a level of their own, `UNLISTED`: what is listed is worth more or
 * less than those. Hours that are not listed get no clicks by what the campaign says today, and are left out. What is
 * listed and got no click is there with none.
 *
 * @param dimensions those that the platform honours; the others are summed over
 */
export function clickTables(
  { criteria = [] }: Campaign,
  counted: readonly CountedCell[],
  dimensions: ReadonlySet<MultiplierDimension>,
): readonly (readonly Cell[])[] {
  const all = counted.flatMap(({ cell: { device, clicks, criterion }, outcome }) =>
    device && !criterion ? [{ device, clicks, outcome }] : [],
  )
  const tables = BESIDE_DEVICE.flatMap((dimension) => {
    const listed = criteria.filter((one) => one.dimension === dimension).map(({ id }) => id)
    if (listed.length === 0 || !dimensions.has(dimension)) return []
    const own = counted.flatMap(({ cell: { device = ALL_DEVICES, clicks, criterion }, outcome }) =>
      criterion?.dimension === dimension && listed.includes(criterion.id)
        ? [{ levels: { device, [dimension]: criterion.id }, clicks, outcome }]
        : [],
    )
    const byDevice = own.every(({ levels }) => levels.device !== ALL_DEVICES)
    const whole = byDevice ? all : [onAllDevices(all)]
    const rest = dimension === 'hour' ? [] : whole.map((one) => restOf(one, dimension, own))
    const none = listed.map((id) => ({
      levels: { device: whole[0]?.device ?? ALL_DEVICES, [dimension]: id },
      clicks: 0,
      outcome: 0,
    }))
    const names = byDevice ? (['device', dimension] as const) : [dimension]
    return [{ names, cells: [...own, ...rest, ...none] }]
  })
  const byDevice = { names: ['device'] as const, cells: all.map((one) => cellOf(one)) }
  return [byDevice, ...tables]
    .map(({ names, cells }) => ({ names: names.filter((name) => dimensions.has(name)), cells }))
    .filter(({ names }) => names.length > 0)
    .map(({ names, cells }) => overDimensions(cells, names))
}

interface DeviceClicks {
  readonly device: string
  readonly clicks: number
  readonly outcome: number
}

/** In place of a device, where clicks are not counted by it. */
const ALL_DEVICES = ''

const onAllDevices = (all: readonly DeviceClicks[]): DeviceClicks => ({
  device: ALL_DEVICES,
  clicks: all.reduce((sum, { clicks }) => sum + clicks, 0),
  outcome: all.reduce((sum, { outcome }) => sum + outcome, 0),
})

const cellOf = ({ device, clicks, outcome }: DeviceClicks): Cell => ({ levels: { device }, clicks, outcome })

/** What of a device's clicks fell to nothing that is listed; the listed may add up to more, where reports differ. */
function restOf({ device, clicks, outcome }: DeviceClicks, dimension: string, listed: readonly Cell[]): Cell {
  const own = listed.filter((one) => levelOf(one.levels, 'device') === device)
  const left = (total: number, of: 'clicks' | 'outcome'): number =>
    Math.max(
      0,
      own.reduce((rest, one) => rest - one[of], total),
    )
  return {
    levels: { device, [dimension]: UNLISTED },
    clicks: left(clicks, 'clicks'),
    outcome: left(outcome, 'outcome'),
  }
}
