/** Where in a file something is wrong, as a spreadsheet shows it. */
export interface Place {
  readonly file: string
  /** 1 = the file's first line. */
  readonly line?: number
  /** The column's heading as it stands in the file. */
  readonly column?: string
}

export interface Fault extends Place {
  /** What the cell holds; absent where the fault is not a cell's. */
  readonly value?: string
  readonly what: string
  readonly remedy: string
}

/** Faults that are told at a time: whoever has made one mistake in a column has made it in every line. */
const SHOWN_FAULTS = 20
const SHOWN_VALUE = 60

/** Files that cannot be taken over, with every fault's place, value and remedy. Nothing of them was stored. */
export class ImportError extends Error {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    const shown = faults.slice(0, SHOWN_FAULTS).map((fault) => `  - ${faultText(fault)}`)
    const more = faults.length > SHOWN_FAULTS ? [`  … and ${faults.length - SHOWN_FAULTS} more`] : []
    super(['nothing was imported:', ...shown, ...more].join('\n'))
    this.name = 'ImportError'
    this.faults = faults
  }
}

/** `google.csv, line 12, column "Cost": "1.2.3" is not a number: …` */
export function faultText({ file, line, column, value, what, remedy }: Fault): string {
  const place = [
    file,
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column "${column}"`]),
  ]
  return `${place.join(', ')}: ${value === undefined ? '' : `"${shortened(value)}" `}${what}: ${remedy}`
}

function shortened(value: string): string {
  const onOneLine = value.replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
  return onOneLine.length > SHOWN_VALUE ? `${onOneLine.slice(0, SHOWN_VALUE - 1)}…` : onOneLine
}

/** Collects what is wrong, so that one look at the terminal tells all of it. */
export class Faults {
  readonly #found: Fault[] = []

  add(fault: Fault): void {
    this.#found.push(fault)
  }

  get isEmpty(): boolean {
    return this.#found.length === 0
  }

  /** @throws ImportError unless nothing was wrong */
  check(): void {
    if (this.#found.length > 0) throw new ImportError(this.#found)
  }
}
