import { expect, test } from 'vitest'
import { portfolioId } from '../../lib/model/account.ts'
import { hashOf } from '../../lib/model/canonical.ts'
import type { Mode, Policy, PolicyVersion } from '../../lib/model/policy.ts'
import { dynamoAuditStore } from '../../lib/store/audit-store.ts'
import { dynamoPolicyStore } from '../../lib/store/policy-store.ts'
import { accountDate, timeZone } from '../../lib/units/calendar.ts'
import { embedded } from './embedded.ts'
import { EUR, euros, NOON } from './samples.ts'

const engine = embedded()

function version(portfolio: string, mode: Mode): PolicyVersion {
  const range = { mean: 0.5, low: 0.2, high: 0.8 }
  const policy: Policy = {
    portfolio: portfolioId(portfolio),
    owner: 'ann@example.com',
    mode,
    baseCurrency: EUR,
    zone: timeZone('Europe/Berlin'),
    goal: { kind: 'conversions', targetCpa: euros('12.34') },
    flight: { from: accountDate('2026-11-01'), to: accountDate('2026-11-30'), total: euros('90071992547409.93') },
    accounts: [],
    members: [],
    bounds: [],
    guardrails: {
      maxStepUp: 0.2,
      maxStepDown: 0.3,
      maxDayRise: 0.3,
      deadband: 0.02,
      maxChangesPerPlan: 50,
      implausibleFactor: 5,
      maxChangesPerLeverDay: 4,
      magnitudeFactor: 50,
      rateHaircut: 0.02,
      midnightDeadZoneMinutes: 15,
      holdWhileLearning: true,
      steerWithinDay: 'leave',
    },
    freshness: {
      structureMaxAgeMinutes: 90,
      spendMaxAgeMinutes: 90,
      maxUnexplainedSpendShare: 0.02,
      minHistoryDays: 14,
    },
    drift: { insideCaps: 'adopt', holdDays: 7 },
    planExpiresAfterHours: 12,
    maxRateAgeDays: 5,
    maxRateMove: 0.1,
    caps: [],
    incrementality: { brand: range, retargeting: range, prospecting: range, opaque: range },
    events: [],
    commitments: [],
    groups: [],
    calibrations: [],
    exploration: { maxCost: 0.005 },
    targets: 'leave',
    bidMultipliers: 'leave',
  }
  return { version: hashOf(policy), policy }
}

const entries = async (portfolio: string) =>
  (await Array.fromAsync(dynamoAuditStore(engine.options).records(`portfolio/${portfolio}`))).flatMap(
    (record) => record.entries,
  )

test('the version that was stored last is current, to the micro', async () => {
  const store = dynamoPolicyStore(engine.options)
  const [first, second] = [version('uk', 'shadow'), version('uk', 'approve')]
  expect(await store.current(first.policy.portfolio)).toBeUndefined()
  await store.put(first, 'ann', NOON)
  expect(await store.current(first.policy.portfolio)).toEqual(first)
  await store.put(second, 'ann', NOON)
  expect(await store.current(first.policy.portfolio)).toEqual(second)
  expect(await store.portfolios()).toContain('uk')
})

test('all current versions are read at once, one for each portfolio', async () => {
  const store = dynamoPolicyStore(engine.options)
  const versions = [version('fr', 'shadow'), version('fr', 'approve'), version('it', 'shadow')]
  for (const one of versions) await store.put(one, 'ann', NOON)
  const ours = (await store.all()).filter(({ policy }) => ['fr', 'it'].includes(policy.portfolio))
  expect(ours).toEqual([versions[1], versions[2]])
})

test('each change of the current version is recorded once, however often it is stored', async () => {
  const store = dynamoPolicyStore(engine.options)
  const [shadow, auto] = [version('de', 'shadow'), version('de', 'auto')]
  for (const stored of [shadow, shadow, auto, auto, shadow]) await store.put(stored, 'ann', NOON)
  expect(await entries('de')).toEqual([
    { kind: 'policy', version: shadow.version, mode: 'shadow', by: 'ann' },
    { kind: 'policy', version: auto.version, mode: 'auto', by: 'ann' },
    { kind: 'policy', version: shadow.version, mode: 'shadow', by: 'ann' },
  ])
  expect(await store.current(shadow.policy.portfolio)).toEqual(shadow)
})

test('a version that is current no longer can still be read', async () => {
  const store = dynamoPolicyStore(engine.options)
  const [first, second] = [version('fr', 'shadow'), version('fr', 'auto')]
  for (const stored of [first, second]) await store.put(stored, 'ann', NOON)
  // Another process, that has not seen it being stored.
  expect(await dynamoPolicyStore(engine.options).version(first.policy.portfolio, first.version)).toEqual(first)
  expect(await store.version(first.policy.portfolio, 'no such version')).toBeUndefined()
})
