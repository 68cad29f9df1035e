import { GOOGLE, META } from '../cli/shop.ts'

/** Everything that a policy may ask of the functions, so that every call they can make is made. */
export const WHOLE_POLICY = {
  portfolio: 'steady',
  owner: 'growth',
  mode: 'auto',
  baseCurrency: 'EUR',
  zone: 'Europe/Berlin',
  goal: { kind: 'conversions' },
  flight: { from: '2026-10-05', to: '2026-11-01', total: '115000.00 EUR' },
  dayCap: '20000.00 EUR',
  bidMultipliers: 'steer',
  accounts: [
    {
      account: GOOGLE,
      conversions: { action: 'purchase', clickWindowDays: 30, basis: 'click' },
      dayCap: '10000.00 EUR',
    },
    {
      account: META,
      conversions: { action: 'purchase', clickWindowDays: 7, basis: 'mixed' },
      dayCap: '10000.00 USD',
    },
  ],
  members: [
    { name: 'brand', class: 'brand' },
    { name: 'performance max', class: 'opaque' },
    { name: 'advantage', class: 'opaque' },
    { name: 'retargeting', class: 'retargeting' },
    { name: '', class: 'prospecting' },
  ],
}
