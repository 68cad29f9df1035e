import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sameAccount } from '../../lib/model/account.ts'
import { type ReadJournal, readJournal } from '../../lib/model/kill-journal.ts'
import type { PauseJournal } from '../../lib/ports/journal.ts'

/** Beside the configuration: every command that reads the accounts finds it there. */
export const journalFile = (config: string): string => join(dirname(config), '.sluice', 'kill-journal.log')

/** Empty where there is no such file. @throws Error when there is one and it cannot be read */
export async function readJournalFile(file: string): Promise<ReadJournal> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw new Error(`the journal ${file} cannot be read: ${error.code}; what was paused with kill is in it`)
  })
  return readJournal(text)
}

/** @param warn is told once of each line that cannot be read: its pause is taken over by nobody */
export function fileJournal(file: string, warn: (text: string) => void): PauseJournal {
  const told = new Set<number>()
  return {
    async pauses(account) {
      const { pauses, unreadable } = await readJournalFile(file)
      for (const line of unreadable)
        if (!told.has(line)) warn(`line ${line} of ${file} cannot be read: correct it, or look at the platform`)
      for (const line of unreadable) told.add(line)
      return pauses.filter(({ lever }) => sameAccount(lever.account, account))
    },
  }
}

/** On the disk when it returns: what is sent afterwards is written down, whatever happens to this machine. */
export async function appendJournal(file: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(file, 'a')
  try {
    await handle.write(`${lines.join('\n')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
