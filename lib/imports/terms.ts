import type { AccountRef } from '../model/account.ts'
import type { ConversionRule } from '../model/conversions.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { Instant, TimeZone } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import type { Role } from './columns.ts'
import type { DateOrder } from './dates.ts'
import type { DecimalMark } from './numbers.ts'

/** What a file does not tell, or may be read two ways: said by the user, or known from an import before. */
export interface ImportTerms {
  readonly account: AccountRef
  readonly zone: TimeZone
  /** The rule under which the platform's conversions are stored: the policy's. */
  readonly rule: ConversionRule
  /** The user has said that the files' conversions are the rule's, whatever they are called. */
  readonly isRuleSaid?: boolean
  readonly currency?: CurrencyCode
  readonly dates?: DateOrder
  readonly decimals?: DecimalMark
  /** Of budgets in a file that does not say what period they are for. */
  readonly budgets?: 'daily' | 'lifetime'
  readonly columns: ReadonlyMap<Role, string>
  /** The account as an earlier import left it. */
  readonly known?: AccountStructure
}

/** One downloaded file. */
export interface ExportFile {
  readonly name: string
  readonly bytes: Uint8Array
  /** When it was downloaded: days that were not over by then are left out. */
  readonly exportedAt: Instant
}
