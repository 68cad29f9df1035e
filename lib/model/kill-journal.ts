import { type Instant, instant, isoInstant } from '../units/calendar.ts'
import { accountKey, FOREIGN_ID, parseAccountKey } from './account.ts'
import type { Lever } from './lever.ts'

/** A pause that was sent straight to a platform, past the tables. Written down before it is sent. */
export interface JournalledPause {
  readonly lever: Lever
  readonly at: Instant
  readonly by: string
  readonly reason: string
}

export interface ReadJournal {
  readonly pauses: readonly JournalledPause[]
  /** Lines that look like the journal's and cannot be read: cut off by a crash, or edited. Counted from 1. */
  readonly unreadable: readonly number[]
}

/** The version is a part of the mark: another format gets another one. */
const MARK = 'sluice-kill/1'
const LINE =
  /sluice-kill\/1 (?<at>\S+) (?<account>\S+) campaign\/(?<id>\S+) pause by (?<by>"(?:[^"\\]|\\.)*") because (?<reason>"(?:[^"\\]|\\.)*")/

/**
 * `sluice-kill/1 2026-11-21T10:00:00.000Z meta:123 campaign/456 pause by "jo" because "wrong prices"`: one line for one
 * pause, the two texts in the quotes of JSON. A log may put anything before and after it.
 */
export const journalLine = ({ lever, at, by, reason }: JournalledPause): string =>
  `${MARK} ${isoInstant(at)} ${accountKey(lever.account)} campaign/${lever.id} pause by ${JSON.stringify(by)} because ${JSON.stringify(reason)}`

/** Every line of the journal in a text, which may be a whole log; what is no line of it is passed over. */
export function readJournal(text: string): ReadJournal {
  const pauses: JournalledPause[] = []
  const unreadable: number[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.includes(MARK)) continue
    const pause = readLine(line)
    if (pause) pauses.push(pause)
    else unreadable.push(index + 1)
  }
  return { pauses, unreadable }
}

function readLine(line: string): JournalledPause | undefined {
  const groups = LINE.exec(line)?.groups
  if (!groups || !FOREIGN_ID.test(groups.id ?? '')) return undefined
  const { at = '', account = '', id = '', by = '', reason = '' } = groups
  try {
    const lever: Lever = { account: parseAccountKey(account), kind: 'status', entity: 'campaign', id }
    return { lever, at: instant(at), by: JSON.parse(by) as string, reason: JSON.parse(reason) as string }
  } catch {
    return undefined
  }
}
