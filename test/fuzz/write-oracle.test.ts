/** What the oracle of writes reads from answers as the platforms' documents show them, and that it tells a parser's lie. */
import { describe, expect, test } from 'vitest'
import {
  type Done,
  googleDone,
  metaCreated,
  metaDone,
  pinterestDone,
  snapchatDone,
  tiktokDone,
  tiktokListedDone,
  writesComplaint,
} from './write-oracle.ts'

const snapchat = (whole: string, state: string, id = 'a') =>
  snapchatDone({ request_status: whole, campaigns: [{ sub_request_status: state, campaign: { id } }] }, 'a')
const BUDGET = 'customers/1/campaignBudgets/5'
const google = (status: number, body: object): Done =>
  googleDone(status, body, [
    { key: 'campaignBudgetResult', resourceName: BUDGET },
    { key: 'campaignCriterionResult', resourceName: undefined },
  ])
const NAMED = [
  { campaignBudgetResult: { resourceName: BUDGET } },
  { campaignCriterionResult: { resourceName: 'customers/1/campaignCriteria/9~30001' } },
]
const failureAt = (index: number) => ({
  details: [{ errors: [{ location: { fieldPathElements: [{ fieldName: 'mutate_operations', index }] } }] }],
})
const partial = (code: number, data: object) => tiktokListedDone({ code, data }, 'adgroup_id', ['24', '25'])
const items = (...all: readonly object[]) => pinterestDone({ items: all }, ['1', '2'])

describe('an answer says that a change was carried out', () => {
  test.each<readonly [string, Done, Done]>([
    ['TikTok: code 0', tiktokDone({ code: 0, message: 'OK' }), [true]],
    ['TikTok: a partial success of one', tiktokDone({ code: 20001 }), [false]],
    ['TikTok: code 0 that lists nothing', partial(0, {}), [true, true]],
    ['TikTok: code 0 that leaves one out', partial(0, { adgroup_ids: ['24'] }), [true, false]],
    ['TikTok: a partial success that lists one', partial(20001, { adgroup_ids: ['24'] }), [true, false]],
    ['TikTok: a partial success that lists nothing', partial(20001, {}), [false, false]],
    [
      'TikTok: one that is listed and has an error',
      partial(20001, { adgroup_ids: ['24', '25'], error_list: [{ adgroup_id: '25' }] }),
      [true, false],
    ],
    [
      'TikTok: code 0 with errors that are nobody’s',
      partial(0, { error_list: [{ error_message: 'no' }] }),
      [false, false],
    ],
    ['TikTok: code 0 with an error of one alone', partial(0, { error_list: [{ adgroup_id: '25' }] }), [false, false]],
    [
      'TikTok: all are listed, and there is an error that is nobody’s',
      partial(20001, { adgroup_ids: ['24', '25'], error_list: [{ error_message: 'no' }] }),
      [false, false],
    ],
    ['TikTok: another code', partial(40002, { adgroup_ids: ['24', '25'] }), [false, false]],
    ['Pinterest: in any order', items({ data: { id: '2' }, exceptions: [] }, { data: { id: '1' } }), [true, true]],
    [
      'Pinterest: with an exception, and without data',
      items({ data: { id: '1' }, exceptions: [{ code: 2 }] }, { exceptions: [] }),
      [false, false],
    ],
    ['Pinterest: twice', items({ data: { id: '1' } }, { data: { id: '1' }, exceptions: 'no' }), [false, false]],
    ['Snapchat: both succeeded', snapchat('SUCCESS', 'success'), [true]],
    ['Snapchat: the whole did not', snapchat('ERROR', 'SUCCESS'), [false]],
    ['Snapchat: the part did not', snapchat('SUCCESS', 'ERROR'), [false]],
    ['Snapchat: another’s part', snapchat('SUCCESS', 'SUCCESS', 'b'), [false]],
    ['Meta: success', metaDone({ success: true }), [true]],
    ['Meta: success as text', metaDone({ success: 'true' }), [false]],
    ['Meta: success and an error', metaDone({ success: true, error: {} }), [false]],
    ['Meta: what was created has an id', metaCreated({ id: '9101' }), [true]],
    ['Meta: what was created has none', metaCreated({ success: true }), [false]],
    ['Google: both named', google(200, { mutateOperationResponses: NAMED }), [true, true]],
    ['Google: not of HTTP 500', google(500, { mutateOperationResponses: NAMED }), [false, false]],
    ['Google: in each other’s places', google(200, { mutateOperationResponses: NAMED.toReversed() }), [false, false]],
    [
      'Google: with an error in the place of the second',
      google(200, { mutateOperationResponses: NAMED, partialFailureError: failureAt(1) }),
      [true, false],
    ],
  ])('%s', (_, said, expected) => {
    expect(said).toEqual(expected)
  })
})

describe('results are held against it', () => {
  const applied = { kind: 'applied' } as const
  const refused = { kind: 'refused', failure: { kind: 'rejected', code: '1', detail: 'no' } } as const
  test.each([
    ['what was done is applied', [applied], [true], undefined],
    ['what was done may be called unknown', [{ kind: 'unknown', detail: 'why' } as const], [true], undefined],
    ['what was not done is refused', [refused], [false], undefined],
    ['what nothing was said of is applied', [applied], [false], 'change 0 is applied, which the answer does not say'],
    ['what was done is refused', [refused], [true], 'change 0 is refused, and the answer says that it was done'],
    ['one result too few', [applied], [true, true], '1 results of 2 changes'],
  ])('%s', (_, results, done, complaint) => {
    expect(writesComplaint(results, done)).toBe(complaint)
  })
})
