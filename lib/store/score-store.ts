import { canonicalJson, parseCanonical } from '../model/canonical.ts'
import type { Score } from '../model/score.ts'
import type { ScoreStore } from '../ports/store.ts'
import { isoInstant } from '../units/calendar.ts'
import { type Attributes, textIn } from './attributes.ts'
import { type Backing, database } from './database.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { ABSENT } from './expressions.ts'
import { portfolioPk, SCORE_PREFIX, scoreKey } from './keys.ts'

const SCORE_SCHEMA = 1

export function dynamoScoreStore(backing: Backing): ScoreStore {
  const db = database(backing)
  return {
    put: (score) =>
      db.update('control', scoreKey(score.portfolio, score.from, score.plan), { set: attributesOf(score) }, ABSENT),
    async recent(portfolio, limit) {
      const pk = portfolioPk(portfolio)
      const items = await db.query('control', { pk, prefix: SCORE_PREFIX, newestFirst: true, limit })
      return items.map((item) => parseCanonical<Score>(textIn(item, 'record')))
    },
  }
}

function attributesOf(score: Score): Attributes {
  const { plan, portfolio, madeAt, scoredAt, from, to, checked, covered, expected, realised, spread, unchecked } = score
  return {
    planId: plan,
    portfolio,
    madeAt: isoInstant(madeAt),
    firstDate: from,
    lastDate: to,
    checkedBudgets: checked,
    coveredBudgets: covered,
    uncheckedBudgets: Object.values(unchecked).reduce((sum, count) => sum + count, 0),
    uncheckedByReason: canonicalJson(unchecked),
    expectedConversions: millionths(expected),
    realisedConversions: millionths(realised),
    spreadHalfWidths: spread === undefined ? undefined : millionths(spread),
    asOf: isoInstant(scoredAt),
    record: canonicalJson(score),
    expiresAt: expiresAfter(scoredAt, KEPT_DAYS.record),
    schemaVersion: SCORE_SCHEMA,
  }
}

/** For people to read; the record has them whole. */
const millionths = (value: number): number => Number(value.toFixed(6))
