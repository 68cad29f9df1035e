import { ImportError } from './problem.ts'

/** One record of a table, and the line that it begins on. */
export interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

const DELIMITERS = ['\t', ';', ','] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** Lines that are looked at for the delimiter: titles stand above the header, and the header below them. */
const PROBED_LINES = 30
/** No cell of an export is longer; a quote that is never closed makes one of the rest of the file. */
const CELL_MAX = 32_768

/**
 * Records of a delimited text (RFC 4180): quoted cells may hold delimiters, doubled quotes and line breaks; lines end in
 * LF, CRLF or CR. Empty lines are left out. The delimiter is the one of tab, semicolon and comma that divides the most
 * lines into equally many cells.
 *
 * @throws ImportError with the line for a quote that is not closed, or stands where none may
 */
export function readRecords(
  text: string,
  file: string,
  delimiter: Delimiter = delimiterOf(text, file),
): readonly Row[] {
  return [...records(text, file, delimiter)].filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
}

function delimiterOf(text: string, file: string): Delimiter {
  if (text.trim() === '') throw new ImportError([{ file, what: 'is empty', remedy: 'download it again' }])
  const head = text.split(/\r\n|\r|\n/, PROBED_LINES + 1).slice(0, PROBED_LINES)
  const [best] = DELIMITERS.map((delimiter) => ({ delimiter, ...agreement(head, delimiter) })).toSorted(
    (a, b) => b.lines - a.lines || b.cells - a.cells,
  )
  if (best && best.cells > 1) return best.delimiter
  throw new ImportError([
    {
      file,
      what: 'has no line with columns divided by commas, semicolons or tabs',
      remedy: 'download it as CSV, not as a spreadsheet or a PDF',
    },
  ])
}

/** How many lines a delimiter divides into equally many cells, more than one: most of what is a table, little else. */
function agreement(head: readonly string[], delimiter: Delimiter): { readonly lines: number; readonly cells: number } {
  const counts = Map.groupBy(head, (line) => outsideQuotes(line).split(delimiter).length)
  const [best] = [...counts]
    .filter(([cells]) => cells > 1)
    .map(([cells, lines]) => ({ cells, lines: lines.length }))
    .toSorted((a, b) => b.lines - a.lines || b.cells - a.cells)
  return best ?? { lines: 0, cells: 1 }
}

const outsideQuotes = (line: string): string => line.replace(/"(?:[^"]|"")*"?/g, '')

function* records(text: string, file: string, delimiter: Delimiter): Generator<Row, void> {
  let at = 0
  let line = 1
  while (at < text.length) {
    const cells: string[] = []
    const begun = line
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at, file, line) : plainCell(text, at, delimiter)
      cells.push(cell.text)
      at = cell.end
      line += cell.breaks
      if (text[at] !== delimiter) break
      at += 1
    }
    if (at < text.length && text[at] !== '\r' && text[at] !== '\n')
      throw strayQuote(file, line, text.slice(at, at + 20))
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1
    at += 1
    line += 1
    yield { line: begun, cells }
  }
}

interface Cell {
  readonly text: string
  readonly end: number
  readonly breaks: number
}

function plainCell(text: string, from: number, delimiter: Delimiter): Cell {
  let end = from
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end += 1
  return { text: text.slice(from, end), end, breaks: 0 }
}

function quotedCell(text: string, from: number, file: string, line: number): Cell {
  let end = from + 1
  for (;;) {
    const quote = text.indexOf('"', end)
    if (quote === -1 || quote - from > CELL_MAX)
      throw new ImportError([
        {
          file,
          line,
          what: 'a quoted cell that begins here is not closed',
          remedy: 'download the file again, it was cut off or edited',
        },
      ])
    if (text[quote + 1] !== '"') {
      const inner = text.slice(from + 1, quote)
      return { text: inner.replaceAll('""', '"'), end: quote + 1, breaks: breaksIn(inner) }
    }
    end = quote + 2
  }
}

const breaksIn = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0

const strayQuote = (file: string, line: number, value: string): ImportError =>
  new ImportError([
    { file, line, value, what: 'stands behind a closing quote', remedy: 'write a quote inside a quoted cell twice' },
  ])
