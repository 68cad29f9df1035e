import type { AccountId } from '../../model/account.ts'
import type { ConversionAction } from '../../model/conversion-action.ts'
import type { Api } from './api.ts'
import { ACTIONS, WINDOWS } from './conversions.ts'
import { listAdGroups } from './entities.ts'
import type { PinterestAdGroup } from './schema.ts'
import { goalOf } from './strategy.ts'

/** Pinterest's defaults, where no ad group has windows of its own. */
const CLICK_DAYS = 30
const VIEW_DAYS = 1

/** Every action that reports can be asked for, by any of the windows; those that ad groups optimise for are told apart. */
export async function readConversionActions(api: Api, account: AccountId): Promise<readonly ConversionAction[]> {
  const goals = (await listAdGroups(api, account)).filter(isPresent).flatMap((adGroup) => goalOf(adGroup) ?? [])
  return [...ACTIONS].map(([action, { name, event }]) => {
    const own = event === undefined ? [] : goals.filter((goal) => goal.conversion_event === event)
    const windows = own.find((goal) => goal.attribution_windows)?.attribution_windows
    return {
      action,
      name,
      clickWindowDays: windowsFrom(windows?.click_window_days, CLICK_DAYS),
      viewWindowDays: windowsFrom(windows?.view_window_days, VIEW_DAYS),
      basis: 'click',
      isBidFor: own.length > 0,
    }
  })
}

const isPresent = ({ status }: PinterestAdGroup): boolean => status === 'ACTIVE' || status === 'PAUSED'

/** The own window first, where it is one that reports can be asked for. */
function windowsFrom(own: number | null | undefined, usual: number): readonly number[] {
  const first = WINDOWS.find((days) => days === own) ?? usual
  return [first, ...WINDOWS.filter((days) => days !== first)]
}
