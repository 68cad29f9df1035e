import { agreesWithZone, type Instant, instant } from '../units/calendar.ts'
import type { Fault } from './problem.ts'

type Wrong = Pick<Fault, 'what' | 'remedy'>

export const NO_TIME: Wrong = {
  what: 'is no time',
  remedy: 'write it with its offset, such as 2026-11-21T06:00:00Z',
}
/** There has been none since 2016: what writes one is wrong about the time. */
const LEAP_SECOND = /[T ]\d\d(:?)\d\d\1(?:60)/i

/** Stricter than ISO 8601: of an offset and a zone that contradict one another, either might be meant. */
export function timeIn(text: string): Instant | Wrong {
  if (LEAP_SECOND.test(text)) return { what: 'has a second 60', remedy: 'write 59' }
  try {
    const at = instant(text)
    if (agreesWithZone(text)) return at
  } catch {
    return NO_TIME
  }
  return {
    what: 'has an offset that its zone does not have then',
    remedy: 'leave the zone out, or put the offset right',
  }
}
