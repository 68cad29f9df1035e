import { queryFault } from './failure.ts'

export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'symbol'
  readonly text: string
}

const WHITE = /\s+/y
const SYMBOL = /!=|<=|>=|[=<>(),]/y
const NUMBER = /-?\d+(?:\.\d+)?(?![\w.])/y
const WORD = /[A-Za-z0-9_][\w.]*/y

/** Cuts a query into words, numbers, strings and symbols. @throws GoogleFault for what is none of them */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const match = pattern.exec(text)?.[0]
    at += match?.length ?? 0
    return match
  }
  while (true) {
    take(WHITE)
    if (at >= text.length) return found
    const quote = text[at]
    if (quote === "'" || quote === '"') {
      const { value, end } = quoted(text, at)
      found.push({ kind: 'string', text: value })
      at = end
      continue
    }
    found.push(plain(take, text[at] ?? ''))
  }
}

function plain(take: (pattern: RegExp) => string | undefined, first: string): Token {
  const symbol = take(SYMBOL)
  if (symbol !== undefined) return { kind: 'symbol', text: symbol }
  const number = take(NUMBER)
  if (number !== undefined) return { kind: 'number', text: number }
  const word = take(WORD)
  if (word !== undefined) return { kind: 'word', text: word }
  throw queryFault('BAD_SYMBOL', `Unexpected symbol '${first}' outside of a string.`, first)
}

/** A string from its opening quote on; a backslash takes the next quote, backslash, n, r or t. */
function quoted(text: string, start: number): { value: string; end: number } {
  const quote = text[start]
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]
    if (char === quote) return { value, end: at + 1 }
    if (char === '\n') throw queryFault('PROHIBITED_NEWLINE_IN_STRING', 'Query has a string with a newline in it.')
    value += char === '\\' ? escaped(text[++at]) : char
  }
  throw queryFault('STRING_NOT_TERMINATED', `Query has a string that does not end: ${text.slice(start)}`)
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', "'": "'", '"': '"', '\\': '\\' }

function escaped(char: string | undefined): string {
  const value = ESCAPES[char ?? '']
  if (value === undefined) throw queryFault('BAD_ESCAPE_SEQUENCE', `Query has an invalid escape sequence \\${char}.`)
  return value
}
