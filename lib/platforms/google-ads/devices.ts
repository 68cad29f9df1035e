import type { Device } from '../../model/structure.ts'

const DEVICES: ReadonlyMap<string, Device> = new Map([
  ['DESKTOP', 'desktop'],
  ['MOBILE', 'mobile'],
  ['TABLET', 'tablet'],
])

/** `undefined` for devices that Sluice does not steer (connected TV). */
export const deviceOf = (type: string | undefined): Device | undefined => DEVICES.get(type ?? '')
/** DeviceEnum. */
export const deviceType = (device: Device): string => device.toUpperCase()
