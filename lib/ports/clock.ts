import type { Instant } from '../units/calendar.ts'

/** The only source of the present. Virtual in the playground, the system's in a Lambda. */
export interface Clock {
  now(): Instant
}
