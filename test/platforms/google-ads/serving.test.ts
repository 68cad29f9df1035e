import { expect, test } from 'vitest'
import { troubleOf } from '../../../lib/platforms/google-ads/serving.ts'

const campaign = (primaryStatus: string, primaryStatusReasons: readonly string[], status = 'ENABLED') =>
  troubleOf({ status, primaryStatus, primaryStatusReasons })

test('what cannot serve is stopped, for the reasons that Google gives', () => {
  expect(campaign('NOT_ELIGIBLE', ['NO_AD_GROUP_ADS'])).toEqual({ kind: 'stopped', reasons: ['NO_AD_GROUP_ADS'] })
  expect(campaign('MISCONFIGURED', ['BIDDING_STRATEGY_MISCONFIGURED'])?.kind).toBe('stopped')
})

test('ads that were not let through are named, and nothing else of what limits a campaign', () => {
  expect(campaign('LIMITED', ['BUDGET_CONSTRAINED', 'HAS_ADS_DISAPPROVED', 'HAS_ADS_LIMITED_BY_POLICY'])).toEqual({
    kind: 'disapproved',
    reasons: ['HAS_ADS_DISAPPROVED', 'HAS_ADS_LIMITED_BY_POLICY'],
  })
  expect(campaign('LIMITED', ['BUDGET_CONSTRAINED'])).toBeUndefined()
  expect(campaign('ELIGIBLE', [])).toBeUndefined()
})

test('what somebody switched off is in no trouble', () => {
  expect(campaign('NOT_ELIGIBLE', ['CAMPAIGN_PAUSED'], 'PAUSED')).toBeUndefined()
})
