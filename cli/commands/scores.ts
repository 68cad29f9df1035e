import type { Loop } from '../../lib/control/loop.ts'
import { scoreOutlook } from '../../lib/control/score.ts'
import { type Coverage, coverageOf } from '../../lib/measure/score.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import type { Score } from '../../lib/model/score.ts'
import type { AccountDate } from '../../lib/units/calendar.ts'

/** Plans whose scores are shown and added up: one a day, four weeks. */
const SCORES_SHOWN = 28

export interface PortfolioScores {
  /** Newest first. */
  readonly scores: readonly Score[]
  /** Of these together; undefined while there is none. */
  readonly coverage: Coverage | undefined
  /** Only while there is none: how many could be scored now, and when the first will be, where that is known. */
  readonly due: number
  readonly firstOn: AccountDate | undefined
}

export async function scoresOf(version: PolicyVersion, desk: Loop): Promise<PortfolioScores> {
  const scores = await desk.scores.recent(version.policy.portfolio, SCORES_SHOWN)
  const coverage = coverageOf(scores)
  if (coverage) return { scores, coverage, due: 0, firstOn: undefined }
  const { due, nextOn } = await scoreOutlook(version, desk)
  return { scores, coverage, due: due.length, firstOn: nextOn }
}

/** One line for a marketer. */
export function coverageText({ coverage, due, firstOn }: PortfolioScores): string {
  if (!coverage && due > 0) return 'nothing is scored yet: "sluice score" does it now'
  if (!coverage)
    return `nothing is old enough to be scored yet: ${firstOn ? `first on ${firstOn}` : 'no plan predicts anything so far'}`
  const { from, to, checked, covered, unchecked, value } = coverage
  const left = uncheckedText(unchecked)
  if (checked === 0) return `no prediction for ${from} to ${to} could be checked: ${left}`
  const share = ((100 * covered) / checked).toFixed(0)
  const ofValue = value ? `, of value ${((100 * value.covered) / value.checked).toFixed(0)} % of ${value.checked}` : ''
  return `80 % intervals covered ${share} % of ${checked} predictions for ${from} to ${to}${ofValue}${left ? `; not checked: ${left}` : ''}`
}

export const uncheckedText = (unchecked: Score['unchecked']): string =>
  Object.entries(unchecked)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ')

/** As `--json` shows it; null while nothing is scored. */
export function coverageJson({ coverage }: PortfolioScores): object | null {
  if (!coverage) return null
  const { from, to, checked, covered, expected, realised, unchecked, value } = coverage
  const share = checked > 0 ? covered / checked : null
  const conversions = { expectedConversions: expected, realisedConversions: realised }
  return { from, to, checked, covered, coveredShare: share, ...conversions, value: value ?? null, unchecked }
}
