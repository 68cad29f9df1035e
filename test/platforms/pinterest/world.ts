import type { Device, WorldChange, WorldEdit } from '../../../playground/world.ts'
import { type AccountSpec, StubWorld } from '../../playground/stub-world.ts'
import { ACCOUNT } from './stub.ts'

/** The stub, which also takes multipliers of devices and notes them. */
export class DeviceWorld extends StubWorld {
  readonly multiplied: [string, Device, number][] = []

  override apply(edit: WorldEdit, actor: WorldChange['actor']): void {
    if (edit.kind === 'device-multiplier') this.multiplied.push([edit.campaignId, edit.device, edit.factor])
    else super.apply(edit, actor)
  }
}

/** One account with every kind of budget and bid, and 300 quiet campaigns for pages. */
export const WORLD: readonly AccountSpec[] = [
  {
    id: ACCOUNT.id,
    platform: 'pinterest',
    zone: 'UTC',
    campaigns: [
      { id: '1001', budget: 20_000_000n, adSets: [{ id: '11' }, { id: '12', status: 'paused' }] },
      { id: '1002', budget: 900_000_000n, period: 'lifetime', endDate: '2026-12-31', adSets: [{ id: '21' }] },
      {
        id: '1003',
        adSets: [
          { id: '31', budget: 5_000_000n },
          { id: '32', budget: 6_000_000n, strategy: { kind: 'bid-cap', bidMicros: 400_000n } },
          { id: '33', budget: 6_000_000n, strategy: { kind: 'target-cpa', targetCpaMicros: 8_000_000n } },
        ],
      },
      { id: '1004', kind: 'performance-max', budget: 30_000_000n, adSets: [{ id: '41' }] },
      { id: '1005', budget: 10_000_000n, strategy: { kind: 'max-value' }, adSets: [{ id: '51' }] },
      { id: '1006', budget: 10_000_000n, status: 'removed', adSets: [{ id: '61', status: 'removed' }] },
      ...Array.from({ length: 300 }, (_, n) => ({ id: String(2_000 + n), budget: 1_000_000n })),
    ],
  },
]
