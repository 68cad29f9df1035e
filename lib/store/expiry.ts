import { type AccountDate, DAY_MS, dayNumber, type Instant } from '../units/calendar.ts'

/** How long what ages is kept, in days. DynamoDB deletes within a few days after that. */
export const KEPT_DAYS = {
  /** Ledgers, settled intents, plans, histories, drifts: a year and a month, so that a year can be compared. */
  record: 400,
  changeEvent: 90,
  /** From when it was resolved; before that it is kept for ever. */
  alert: 30,
  /** Ages of a day go to 90, so that every day of the last 90 still has all of its ages. */
  revision: 180,
  /** Longer than it is believed. */
  evidence: 90,
  /** A month and a week: what breakers are tried on before they are switched on. */
  intraday: 35,
  structurePart: 7,
  /** From when its last entry stops counting. */
  limits: 1,
} as const

/** Epoch seconds, as DynamoDB's time to live wants them. */
export const expiresAfter = (at: Instant, days: number): number => Math.floor((at + days * DAY_MS) / 1000)
/** As `expiresAfter`, from the start of the date in UTC. */
export const expiresAfterDate = (date: AccountDate, days: number): number =>
  expiresAfter((dayNumber(date) * DAY_MS) as Instant, days)
