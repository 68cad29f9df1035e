import * as z from 'zod'
import type { Policy } from './policy.ts'

/*
 * What the guard watches for and what it does then, as the policy file has it. Defaults are careful with money: every
 * rule tells and does nothing more, but for spend that runs past an account's own cap.
 */

/**
 * What a breaker does, from least to most. `off`: it is not asked. `alert`: a person is told. `hold`: Sluice leaves the
 * budgets alone for as long as it trips. `floor`: budgets are cut to the floor. `freeze`: nothing is pushed until a person
 * unfreezes. `pause`: a floor first; what runs on regardless is paused until a person resumes it.
 */
export const BREAKER_ACTIONS = ['off', 'alert', 'hold', 'floor', 'freeze', 'pause'] as const
export type BreakerAction = (typeof BREAKER_ACTIONS)[number]

const anyAction = z.enum(BREAKER_ACTIONS)
/** For rules about what is not spent, or not known: there is nothing that a cut would save. */
const withoutCuts = z.enum(['off', 'alert', 'hold', 'freeze'])
const factor = z.number().min(1.1).max(100)

const runawaySpend = z.strictObject({
  action: anyAction.default('floor'),
  share: z.number().min(0.1).max(2).default(1).describe('Of the account’s dayCap'),
})
const spendVelocity = z.strictObject({
  action: anyAction.default('alert'),
  factor: factor.default(3),
  hours: z.int().min(1).max(12).default(2),
})
const priceJump = z.strictObject({
  action: anyAction.default('alert'),
  factor: factor.default(3),
  minClicks: z.int().min(5).default(30),
})
const zeroDelivery = z.strictObject({
  action: withoutCuts.default('alert'),
  hours: z.int().min(2).max(24).default(6),
})
const zeroConversions = z.strictObject({
  action: anyAction.default('alert'),
  expected: z.number().min(3).default(8).describe('Conversions that should be there by now'),
})
const claimsAboveOrders = z.strictObject({
  action: withoutCuts.default('alert'),
  factor: z.number().min(1).max(100).default(1),
  days: z.int().min(1).max(28).default(7),
})
const divergence = z.strictObject({
  action: withoutCuts.default('alert'),
  minutes: z.int().min(15).max(1440).default(90),
})
const outsideCaps = z.strictObject({ action: z.enum(['off', 'alert']).default('alert') })
const oscillation = z.strictObject({
  action: withoutCuts.default('alert'),
  reversals: z.int().min(2).max(50).default(4),
})
const refusals = z.strictObject({
  action: withoutCuts.default('alert'),
  count: z.int().min(1).default(5),
})
const deadManSwitch = z.strictObject({ action: z.enum(['off', 'alert']).default('alert') })
const notServing = z.strictObject({ action: withoutCuts.default('alert') })

export const breakersSchema = z.strictObject({
  floor: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Share of what a budget stood at when the day began that a cut goes down to'),
  runawaySpend: runawaySpend.prefault({}),
  spendVelocity: spendVelocity.prefault({}),
  priceJump: priceJump.prefault({}),
  zeroDelivery: zeroDelivery.prefault({}),
  zeroConversions: zeroConversions.prefault({}),
  claimsAboveOrders: claimsAboveOrders.prefault({}),
  outsideCaps: outsideCaps.prefault({}),
  divergence: divergence.prefault({}),
  oscillation: oscillation.prefault({}),
  refusals: refusals.prefault({}),
  notServing: notServing.prefault({}),
  deadManSwitch: deadManSwitch.prefault({}),
})

export type Breakers = z.infer<typeof breakersSchema>
export type BreakerName = Exclude<keyof Breakers, 'floor'>

const DEFAULTS: Breakers = breakersSchema.parse({})
/** In the order in which they are asked. */
export const BREAKERS = Object.keys(DEFAULTS).filter((name): name is BreakerName => name !== 'floor')

/** A policy that was stored before there were breakers, or one of them, has the defaults. */
export const breakersOf = ({ breakers }: Pick<Policy, 'breakers'>): Breakers =>
  breakers ? { ...DEFAULTS, ...breakers } : DEFAULTS
