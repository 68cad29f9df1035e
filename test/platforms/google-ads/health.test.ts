import { afterEach, describe, expect, test } from 'vitest'
import { instant } from '../../../lib/units/calendar.ts'
import { failureOf } from './tiny-server.ts'
import { ACCOUNT, adapterAt, type Stage, startStage } from './twin-stage.ts'

let stage: Stage
afterEach(() => stage.twin.close())

describe('the health of a connection to Google Ads', () => {
  test('names version, end, scope, clock and blockers, from a fresh token', async () => {
    stage = await startStage()
    await stage.google.reader.structure(ACCOUNT)
    const asked = stage.twin.requests.token
    const health = await stage.google.reader.health!(ACCOUNT)
    expect(stage.twin.requests.token).toBe(asked! + 1)
    const now = stage.world.now()
    expect(health).toEqual({
      apiVersion: 'v25',
      // Google plans its end for August 2027.
      apiVersionEndsOn: '2027-07-31',
      token: { kind: 'lasts' },
      scopes: { granted: ['https://www.googleapis.com/auth/adwords'], missing: [] },
      // HTTP dates have whole seconds.
      clock: { theirs: instant(new Date(Math.floor(now / 1000) * 1000).toISOString()), ours: now },
      limits: [{ name: 'operations a day' }],
      blockers: [],
    })
  })
  test('tells what blocks every write', async () => {
    stage = await startStage({ status: 'suspended' })
    const { blockers } = await stage.google.reader.health!(ACCOUNT)
    expect(blockers.map(({ code }) => code)).toEqual(['CUSTOMER_SUSPENDED'])
  })
  test('tells how far our clock is off', async () => {
    stage = await startStage()
    const ahead = adapterAt(stage.twin, { now: () => (stage.world.now() + 90_000) as never })
    const { clock } = await ahead.reader.health!(ACCOUNT)
    expect(Math.round((clock!.ours - clock!.theirs) / 1000)).toBe(90)
  })
  test('fails where no token is to be had', async () => {
    stage = await startStage(
      {},
      { credentials: { clientId: 'x', clientSecret: 'y', refreshToken: 'z', developerToken: 'd' } },
    )
    const failure = await failureOf(stage.google.reader.health!(ACCOUNT))
    expect(failure.kind).toBe('unauthorised')
  })
})

test('conversion actions are those that the account has, by name, with the window that it counts by', async () => {
  stage = await startStage(
    {},
    {
      conversionActions: [
        { id: '7', name: 'purchase', category: 'PURCHASE', primary: true, clickWindowDays: 30, viewWindowDays: 1 },
        { id: '8', name: 'newsletter', category: 'SIGNUP', primary: false, clickWindowDays: 90, viewWindowDays: 1 },
      ],
    },
  )
  const found = await stage.google.reader.conversionActions!(ACCOUNT)
  const rest = { viewWindowDays: [0], basis: 'click' }
  expect(found.filter(({ action }) => action !== 'lead')).toEqual([
    { action: 'purchase', name: 'purchase', id: '7', clickWindowDays: [30], isBidFor: true, ...rest },
    { action: 'newsletter', name: 'newsletter', id: '8', clickWindowDays: [90], isBidFor: false, ...rest },
  ])
})
