import type { Loop } from '../../lib/control/loop.ts'
import { observe } from '../../lib/control/observe.ts'
import { type Comparison, compareTotals } from '../../lib/decide/forecast/compare.ts'
import { type Forecast, type ForecastPoint, forecast, type NoForecast } from '../../lib/decide/forecast/forecast.ts'
import { estimate } from '../../lib/measure/estimate.ts'
import { parseAccountKey } from '../../lib/model/account.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { type Asked, type ForecastOptions, readAsked } from './forecast-asked.ts'
import { forecastJson } from './forecast-json.ts'
import { forecastText } from './forecast-view.ts'
import { versionsOf } from './versions.ts'

/** A portfolio's forecast with what was asked. */
export interface ShownForecast {
  readonly version: PolicyVersion
  readonly asked: Asked
  readonly found: Forecast | NoForecast
  /** Undefined where one of the two totals cannot be had, or both are the same. */
  readonly comparison: Comparison | undefined
}

/**
 * Forecasts what other totals would bring, from what was pulled. Writes nothing at all, so that the mode does not matter.
 *
 * @throws Error when there is no such portfolio or no policy, NotPulled, MissingRate; RangeError for what cannot be asked
 */
export async function forecastTotals(
  portfolio: string | undefined,
  options: ForecastOptions & { readonly all?: boolean | undefined },
  { desk }: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const versions = await versionsOf(portfolio, desk)
  const amount = (['total', 'daily', 'from', 'to'] as const).find((name) => options[name] !== undefined)
  if (amount !== undefined && versions.length > 1)
    throw new RangeError(
      `--${amount}: "${options[amount]}" is for one portfolio, and there are ${versions.length}: name one with --portfolio, of ${versions.map(({ policy }) => policy.portfolio).join(', ')}`,
    )
  const shown: ShownForecast[] = []
  for (const version of versions) {
    const one = await forecastOne(version, options, desk)
    screen.print(`${shown.length > 0 ? '\n' : ''}${forecastText(one, screen.paint, options.all === true)}`)
    shown.push(one)
  }
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'forecast', forecasts: shown.map(forecastJson) })
  return EXIT.done
}

async function forecastOne(version: PolicyVersion, options: ForecastOptions, desk: Loop): Promise<ShownForecast> {
  const asked = readAsked(options, version.policy)
  const observation = await observe(version, 'daily', desk)
  const capabilities = (key: string) => desk.platforms(parseAccountKey(key).platform).capabilities
  const found = forecast(observation, estimate(observation), capabilities, asked.totals)
  return { version, asked, found, comparison: found.kind === 'forecast' ? comparisonOf(found, asked) : undefined }
}

/** A total that cannot be had has nothing to be compared with. */
function comparisonOf(found: Forecast, { compared: [from, to] }: Asked): Comparison | undefined {
  const at = (total: number): ForecastPoint | undefined => {
    const point = found.points.find((one) => one.total === total)
    return point?.kind === 'point' ? point : undefined
  }
  const [before, after] = [at(from), at(to)]
  return before && after && before !== after ? compareTotals(found, before, after) : undefined
}
