import { scorePortfolio } from '../../lib/control/score.ts'
import type { Score } from '../../lib/model/score.ts'
import { isoInstant } from '../../lib/units/calendar.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { coverageJson, coverageText, type PortfolioScores, scoresOf, uncheckedText } from './scores.ts'
import { versionsOf } from './versions.ts'

/**
 * Scores what is old enough and not scored yet, and shows the scores of the last plans.
 *
 * @throws Error when there is no such portfolio or no policy
 */
export async function score(portfolio: string | undefined, { desk }: Deployment, screen: Screen): Promise<ExitCode> {
  const shown: object[] = []
  for (const version of await versionsOf(portfolio, desk)) {
    const { portfolio: id } = version.policy
    const { scored = 0 } = await scorePortfolio(id, desk)
    const found = await scoresOf(version, desk)
    screen.print(`${shown.length > 0 ? '\n' : ''}${scoresText(id, found, screen.paint)}`)
    screen.tell(`${id}: ${scored} ${scored === 1 ? 'plan' : 'plans'} scored now`)
    shown.push(scoresJson(id, Number(scored), found))
  }
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'score', portfolios: shown })
  return EXIT.done
}

function scoresText(portfolio: string, found: PortfolioScores, paint: Paint): string {
  const head = `${paint.bold(`Portfolio ${portfolio}`)}: ${coverageText(found)}`
  if (found.scores.length === 0) return head
  const columns = ['days', 'checked', 'covered', 'expected', 'came', 'spread', 'not checked']
  return [head, table(columns, found.scores.map(scoreRow))].join('\n')
}

const scoreRow = ({ from, to, checked, covered, expected, realised, spread, unchecked }: Score): readonly string[] => [
  `${from} to ${to}`,
  String(checked),
  checked > 0 ? `${((100 * covered) / checked).toFixed(0)} %` : '—',
  checked > 0 ? expected.toFixed(1) : '—',
  checked > 0 ? realised.toFixed(1) : '—',
  spread === undefined ? '—' : spread.toFixed(2),
  uncheckedText(unchecked) || 'none',
]

const scoresJson = (portfolio: string, scoredNow: number, found: PortfolioScores): object => ({
  portfolio,
  scoredNow,
  coverage: coverageJson(found),
  firstOn: found.firstOn ?? null,
  scores: found.scores.map(
    ({ plan, madeAt, scoredAt, from, to, checked, covered, expected, realised, spread, value, unchecked }) => ({
      plan,
      madeAt: isoInstant(madeAt),
      scoredAt: isoInstant(scoredAt),
      from,
      to,
      checked,
      covered,
      expectedConversions: expected,
      realisedConversions: realised,
      spread: spread ?? null,
      value: value ?? null,
      unchecked,
    }),
  ),
})
