import { DiscreetError } from '../model/discreet-error.ts'

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
  /** Id of the order that the value is of, where the cell does not tell it. */
  readonly order?: string
  /** The heading is none of ours: where a file has none at all, it is a value. */
  readonly isForeignColumn?: true
  /** Without any value of the file: it is logged. */
  readonly what: string
  readonly remedy: string
}

/** Faults that are told at a time: whoever has made one mistake in a column has made it in every line. */
const SHOWN_FAULTS = 20
/** Of one kind, so that it does not hide the others. */
const SHOWN_ALIKE = 3
const SHOWN_VALUE = 60

/** Files that cannot be taken over, with every fault's place, value and remedy. Nothing of them was stored. */
export class ImportError extends DiscreetError {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super(textOf(faults), textOf(faults.map(withoutValues)))
    this.name = 'ImportError'
    this.faults = faults
  }
}

const textOf = (faults: readonly Fault[]): string => ['nothing was imported:', ...told(faults)].join('\n')

const withoutValues = ({ file, line, column, isForeignColumn, what, remedy }: Fault): Fault => ({
  file,
  ...(line === undefined ? {} : { line }),
  ...(column === undefined || isForeignColumn ? {} : { column }),
  what,
  remedy,
})

/** Kinds in the order in which they were found: the first lines of each, and how far the rest goes. */
function told(faults: readonly Fault[]): readonly string[] {
  const kinds = Map.groupBy(faults, ({ file, column, remedy }) => JSON.stringify([file, column, remedy]))
  const shown = [...kinds.values()].slice(0, SHOWN_FAULTS).flatMap((alike) => {
    const rest = alike.slice(SHOWN_ALIKE)
    return [
      ...alike.slice(0, SHOWN_ALIKE).map((fault) => `  - ${faultText(fault)}`),
      ...(rest.length > 0 ? [`    … the same in ${rest.length} more, the last in line ${rest.at(-1)?.line}`] : []),
    ]
  })
  const unshown = [...kinds.values()].slice(SHOWN_FAULTS).reduce((count, alike) => count + alike.length, 0)
  return unshown > 0 ? [...shown, `  … and ${unshown} more`] : shown
}

/** `google.csv, line 12, column "Cost": "1.2.3" is not a number: …` */
export function faultText({ file, line, column, value, order, what, remedy }: Fault): string {
  const place = [
    file,
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column "${column}"`]),
  ]
  const said = value === undefined ? '' : `"${shortened(value)}" `
  return `${place.join(', ')}: ${said}${order === undefined ? '' : `of order ${order} `}${what}: ${remedy}`
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
