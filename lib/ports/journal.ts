import type { AccountRef } from '../model/account.ts'
import type { JournalledPause } from '../model/kill-journal.ts'

/** What was paused past the tables, oldest first. Outlives them: it is how the tables learn of it afterwards. */
export interface PauseJournal {
  pauses(account: AccountRef): Promise<readonly JournalledPause[]>
}
