import { expect, test } from 'vitest'
import { accountRef, portfolioId } from '../../lib/model/account.ts'
import { type Alert, alertId } from '../../lib/model/alert.ts'
import { dynamoAlertStore } from '../../lib/store/alert-store.ts'
import { dynamoAuditStore } from '../../lib/store/audit-store.ts'
import { instant } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { embedded } from './embedded.ts'

const engine = embedded()
const ACCOUNT = accountRef('meta', '1')
const AT = instant('2026-11-21T10:15:00Z')
const alert = (id: string, more: Partial<Alert> = {}): Alert => ({
  id: alertId(id),
  version: 1,
  rule: 'spendVelocity',
  portfolio: portfolioId('eu'),
  account: ACCOUNT,
  subject: { kind: 'account' },
  state: 'open',
  firstAt: AT,
  lastAt: AT,
  toldAt: AT,
  what: 'It spends.',
  remedy: 'Look.',
  waiting: { kind: 'overspent', perHour: money(21_000_000n, currency('EUR')) },
  acts: [],
  by: 'guard',
  at: AT,
  ...more,
})

test('alerts come back as they were, the newest first, and each write is one record of the audit', async () => {
  const alerts = dynamoAlertStore(engine.options)
  const older = alert('00000001')
  const newer = alert('00000002', { firstAt: instant('2026-11-21T11:00:00Z') })
  expect(await alerts.put({ next: older, expected: 0 })).toBe(true)
  expect(await alerts.put({ next: newer, expected: 0 })).toBe(true)
  expect(await alerts.all(ACCOUNT)).toEqual([newer, older])
  expect(await alerts.all(accountRef('meta', '2'))).toEqual([])
  const records = await Array.fromAsync(dynamoAuditStore(engine.options).records('alerts'))
  expect(records.map(({ entries }) => entries)).toEqual(
    [older, newer].map(({ id }) => [
      {
        kind: 'alert',
        alert: id,
        rule: 'spendVelocity',
        account: 'meta:1',
        state: 'open',
        by: 'guard',
        detail: 'It spends.',
      },
    ]),
  )
})

test('a write on what somebody else has changed is refused, and changes nothing', async () => {
  const alerts = dynamoAlertStore(engine.options)
  const first = alert('00000003', { account: accountRef('meta', '3') })
  await alerts.put({ next: first, expected: 0 })
  const taken: Alert = { ...first, version: 2, state: 'acknowledged', by: 'anna' }
  expect(await alerts.put({ next: taken, expected: 1 })).toBe(true)
  expect(await alerts.put({ next: { ...first, version: 2, state: 'resolved' }, expected: 1 })).toBe(false)
  expect(await alerts.put({ next: first, expected: 0 })).toBe(false)
  expect(await alerts.all(first.account)).toEqual([taken])
})
