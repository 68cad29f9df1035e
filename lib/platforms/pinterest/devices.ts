import type { Device } from '../../model/structure.ts'

/** Pinterest's app types by the device that they run on. */
export const APP_TYPES: Readonly<Record<Device, readonly string[]>> = {
  desktop: ['web'],
  mobile: ['android_mobile', 'iphone', 'web_mobile'],
  tablet: ['android_tablet', 'ipad'],
}
const DEVICES = Object.keys(APP_TYPES) as Device[]

/** Of the multiplier, both included. */
export const MULTIPLIER_MIN = 0.1
export const MULTIPLIER_MAX = 10

/** As the API has them: factors by app type; one that is missing is 1, unchanged. */
export type AppTypeFactors = Readonly<Record<string, unknown>>

/** The factor that all app types of a device share; `undefined` where they differ, or one is no factor. */
export function deviceFactor(factors: AppTypeFactors | null | undefined, device: Device): number | undefined {
  const values = APP_TYPES[device].map((type) => factors?.[type] ?? 1)
  const [first] = values
  const isFactor = typeof first === 'number' && first >= 0 && first <= MULTIPLIER_MAX
  return isFactor && values.every((value) => value === first) ? first : undefined
}

/** Devices that are bid for at another price than 1. */
export const deviceMultipliers = (
  factors: AppTypeFactors | null | undefined,
): Readonly<Partial<Record<Device, number>>> =>
  Object.fromEntries(
    DEVICES.flatMap((device) => {
      const factor = deviceFactor(factors, device)
      return factor === undefined || factor === 1 ? [] : [[device, factor]]
    }),
  )

/**
 * All factors as they are to be written: Pinterest takes one that is left out for 1, so that those of the other devices go
 * with it.
 */
export const withDevice = (factors: AppTypeFactors | null | undefined, device: Device, factor: number) => ({
  ...Object.fromEntries(Object.entries(factors ?? {}).filter(([, value]) => typeof value === 'number')),
  ...Object.fromEntries(APP_TYPES[device].map((type) => [type, factor])),
})
