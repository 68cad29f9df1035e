import type { Output } from './screen.ts'

/** A line that says how far a long command is; on a terminal it is rewritten in place, elsewhere printed now and then. */
export interface Progress {
  at(done: number, note: string): void
  end(): void
}

const CELLS = 28

export function progressBar(stream: Output, total: number, quiet: boolean): Progress {
  if (quiet) return { at: () => {}, end: () => {} }
  let printedTenth = -1
  return {
    at(done, note) {
      const share = Math.min(1, done / total)
      if (stream.isTTY) {
        const filled = Math.round(share * CELLS)
        stream.write(
          `\r\u001b[2K${'█'.repeat(filled)}${'░'.repeat(CELLS - filled)} ${String(Math.round(share * 100)).padStart(3)} %  ${note}`,
        )
        return
      }
      const tenth = Math.floor(share * 10)
      if (tenth === printedTenth) return
      printedTenth = tenth
      stream.write(`${String(Math.round(share * 100)).padStart(3)} %  ${note}\n`)
    },
    end() {
      if (stream.isTTY) stream.write('\r\u001b[2K')
    },
  }
}
