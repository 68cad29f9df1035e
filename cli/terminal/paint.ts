/** Emphasis for terminals. What it says is always in the words as well. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly dim: (text: string) => string
}

const same = (text: string): string => text
export const plain: Paint = { bold: same, good: same, bad: same, dim: same }

const sgr =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`
const coloured: Paint = { bold: sgr(1), good: sgr(34), bad: sgr(33), dim: sgr(2) }

/** Colours only where a person looks at a terminal and did not ask for none (https://no-color.org). */
export const paintFor = (isTerminal: boolean, noColor: string | undefined): Paint =>
  isTerminal && !noColor ? coloured : plain
