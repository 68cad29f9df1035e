/** Answers to Google's mutates: what was asked, and how an answer of one is held against what it says. */
import type { Operation } from '../../lib/platforms/google-ads/operations.ts'
import { type Done, googleDone } from './write-oracle.ts'

interface Answered {
  readonly status: unknown
  readonly body: unknown
}

/** A document as HTTP would hand it over: a status that is none reads 200. */
export const answerOf = (document: unknown) => ({
  status: statusOf(document),
  headers: {},
  body: JSON.stringify((document as Answered).body) ?? '',
})

function statusOf(document: unknown): number {
  const { status } = document as Answered
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599 ? status : 200
}

/** What a document says of each operation. */
export function doneIn(document: unknown, operations: readonly Operation[]): Done {
  const asked = operations.map(({ resource, resourceName, body: sent }) => ({
    key: `${resource}Result`,
    resourceName: 'create' in sent ? undefined : resourceName,
  }))
  return googleDone(statusOf(document), (document as Answered).body, asked)
}

/** What a created one is called stands in the answer alone. */
export const CREATIONS: readonly Operation[] = [
  { resource: 'campaignCriterion', resourceName: 'campaignCriterion/new', body: { create: { bidModifier: 0.8 } } },
  { resource: 'biddingSeasonalityAdjustment', resourceName: 'biddingSeasonalityAdjustment/new', body: { create: {} } },
]
const CRITERION = { campaignCriterionResult: { resourceName: 'customers/1234567890/campaignCriteria/101~30001' } }
const SEASON = {
  biddingSeasonalityAdjustmentResult: { resourceName: 'customers/1234567890/biddingSeasonalityAdjustments/5' },
}
export const CREATED: readonly unknown[] = [
  { status: 200, body: { mutateOperationResponses: [CRITERION, SEASON] } },
  {
    status: 200,
    body: {
      mutateOperationResponses: [CRITERION, {}],
      partialFailureError: {
        code: 3,
        message: 'Multiple errors in ‘details’.',
        details: [
          {
            '@type': 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure',
            errors: [
              {
                errorCode: { rangeError: 'TOO_HIGH' },
                message: 'Too high.',
                location: {
                  fieldPathElements: [{ fieldName: 'mutate_operations', index: 1 }, { fieldName: 'create' }],
                },
              },
            ],
          },
        ],
      },
    },
  },
]
