import { describe, expect, test } from 'vitest'
import { clickTables } from '../../../lib/decide/multipliers/click-tables.ts'
import type { MultiplierDimension } from '../../../lib/decide/multipliers/placed.ts'
import type { CampaignId } from '../../../lib/model/account.ts'
import type { BidCriterion, CriterionDimension, Device } from '../../../lib/model/structure.ts'
import { aCampaign } from '../../model/samples.ts'

const criterion = (dimension: CriterionDimension, id: string): BidCriterion => ({
  dimension,
  id,
  name: id,
  multiplier: 1,
})
const counted = (
  device: Device | undefined,
  clicks: number,
  outcome: number,
  dimension?: CriterionDimension,
  id = '',
) => ({
  cell: {
    campaign: '1' as CampaignId,
    ...(device ? { device } : {}),
    clicks,
    conversions: outcome,
    value: 0,
    ...(dimension ? { criterion: { dimension, id } } : {}),
  },
  outcome,
})
const tablesOf = (
  criteria: readonly BidCriterion[],
  cells: readonly ReturnType<typeof counted>[],
  dimensions: readonly MultiplierDimension[] = ['device', 'hour', 'place', 'audience'],
) => clickTables(aCampaign('1', { criteria }), cells, new Set(dimensions))

const DEVICES = [counted('mobile', 100, 10), counted('desktop', 50, 8)]

describe('tables of a campaign’s clicks', () => {
  test('are by device alone where it lists nothing', () => {
    expect(tablesOf([], DEVICES)).toEqual([
      [
        { levels: { device: 'mobile' }, clicks: 100, outcome: 10 },
        { levels: { device: 'desktop' }, clicks: 50, outcome: 8 },
      ],
    ])
  })

  test('put clicks of no listed audience beside those of the listed ones', () => {
    const [, audiences] = tablesOf(
      [criterion('audience', '7')],
      [...DEVICES, counted('mobile', 30, 6, 'audience', '7'), counted('desktop', 50, 8, 'audience', '7')],
    )
    expect(audiences).toEqual([
      { levels: { device: 'mobile', audience: '7' }, clicks: 30, outcome: 6 },
      { levels: { device: 'desktop', audience: '7' }, clicks: 50, outcome: 8 },
      { levels: { device: 'mobile', audience: 'unlisted' }, clicks: 70, outcome: 4 },
      { levels: { device: 'desktop', audience: 'unlisted' }, clicks: 0, outcome: 0 },
    ])
  })

  test('are without the device where its clicks are not counted by it; the rest is that of all devices', () => {
    const [devices, places] = tablesOf(
      [criterion('place', '7'), criterion('place', '8'), criterion('place', '9')],
      [...DEVICES, counted(undefined, 90, 9, 'place', '7'), counted(undefined, 40, 6, 'place', '8')],
    )
    expect(devices).toHaveLength(2)
    expect(places).toEqual([
      { levels: { place: '7' }, clicks: 90, outcome: 9 },
      { levels: { place: '8' }, clicks: 40, outcome: 6 },
      { levels: { place: 'unlisted' }, clicks: 20, outcome: 3 },
      { levels: { place: '9' }, clicks: 0, outcome: 0 },
    ])
  })

  test('never hold less than nothing, where a view counts more than the campaign', () => {
    const [, places] = tablesOf([criterion('place', '7')], [...DEVICES, counted('mobile', 110, 12, 'place', '7')])
    expect(places).toContainEqual({ levels: { device: 'mobile', place: 'unlisted' }, clicks: 0, outcome: 0 })
  })

  test('leave out hours, places and audiences that the campaign no longer lists, and hours that it never did', () => {
    const [, hours] = tablesOf(
      [criterion('hour', '8')],
      [...DEVICES, counted('mobile', 30, 3, 'hour', '8'), counted('mobile', 70, 7, 'hour', '9')],
    )
    expect(hours).toEqual([{ levels: { device: 'mobile', hour: '8' }, clicks: 30, outcome: 3 }])
  })

  test('hold what is listed and got no click', () => {
    const [, places] = tablesOf([criterion('place', '7'), criterion('place', '8')], DEVICES)
    expect(places!.filter(({ levels }) => levels.place !== 'unlisted')).toEqual([
      { levels: { device: 'mobile', place: '7' }, clicks: 0, outcome: 0 },
      { levels: { device: 'mobile', place: '8' }, clicks: 0, outcome: 0 },
    ])
  })

  test('sum over what the platform does not honour', () => {
    const listed = [criterion('audience', '7'), criterion('hour', '8')]
    const cells = [
      ...DEVICES,
      counted('mobile', 30, 6, 'audience', '7'),
      counted('desktop', 20, 4, 'audience', '7'),
      counted('desktop', 20, 4, 'hour', '8'),
    ]
    expect(tablesOf(listed, cells, ['audience'])).toEqual([
      [
        { levels: { audience: '7' }, clicks: 50, outcome: 10 },
        { levels: { audience: 'unlisted' }, clicks: 100, outcome: 8 },
      ],
    ])
  })
})
