/** Sources by path relative to the repository's root, `/` between folders. Virtual in the tests of the rules. */
export type SourceTree = ReadonlyMap<string, string>

/** A breach of a rule, in words that name the file. */
export type Breach = string

/** The same text, position by position, with what the rules must not read blanked out. */
export interface Masked {
  /** Without comments and without what stands inside strings, templates and regular expressions. */
  readonly code: string
  /** Without comments only. */
  readonly noComments: string
}

interface Cursor {
  readonly text: string
  readonly code: string[]
  readonly noComments: string[]
  at: number
  /** Depths of braces at which a template's `${` was opened. */
  readonly templates: number[]
  depth: number
}

/** After one of these (or at the start, or after a keyword) a slash begins a regular expression and not a division. */
const BEFORE_REGEX = new Set([...'(,=:[!&|?{;+-*%~^<>'])
const KEYWORD_BEFORE_REGEX = /\b(?:return|typeof|case|in|of|void|throw|new|else|do|await|yield)$/

/** Blanks comments and literals. Reads TypeScript and JavaScript alike: it only has to tell literals from code. */
export function mask(text: string): Masked {
  // By code unit and not by code point: positions stay those of the text.
  const units = (): string[] => Array.from({ length: text.length }, (_, i) => text[i]!)
  const cursor: Cursor = { text, code: units(), noComments: units(), at: 0, templates: [], depth: 0 }
  while (cursor.at < text.length) step(cursor)
  return { code: cursor.code.join(''), noComments: cursor.noComments.join('') }
}

function step(cursor: Cursor): void {
  const { text, at } = cursor
  const char = text[at]!
  if (text.startsWith('//', at)) blank(cursor, endOf(text, '\n', at), cursor.code, cursor.noComments)
  else if (text.startsWith('/*', at)) blank(cursor, endOf(text, '*/', at + 2) + 2, cursor.code, cursor.noComments)
  else if (char === "'" || char === '"') literal(cursor, closing(text, at, char))
  else if (char === '/' && startsRegex(cursor)) literal(cursor, closingRegex(text, at))
  else if (char === '`' || endsPlaceholder(cursor, char)) template(cursor)
  else cursor.at += 1
}

/** Counts braces; whether this one ends a template's placeholder. */
function endsPlaceholder(cursor: Cursor, char: string): boolean {
  if (char === '{') cursor.depth += 1
  if (char !== '}') return false
  cursor.depth -= 1
  if (cursor.templates.at(-1) !== cursor.depth) return false
  cursor.templates.pop()
  return true
}

const endOf = (text: string, mark: string, from: number): number => {
  const found = text.indexOf(mark, from)
  return found < 0 ? text.length : found
}

function blank(cursor: Cursor, to: number, ...outputs: string[][]): void {
  for (let i = cursor.at; i < Math.min(to, cursor.text.length); i++)
    if (cursor.text[i] !== '\n') for (const output of outputs) output[i] = ' '
  cursor.at = to
}

/** Keeps the delimiters, so that an empty literal stays a literal. */
function literal(cursor: Cursor, last: number): void {
  cursor.at += 1
  blank(cursor, last, cursor.code)
  cursor.at = last + 1
}

/** From a backtick, or from the brace that ends a placeholder, to the next placeholder or to the end. */
function template(cursor: Cursor): void {
  const { text } = cursor
  let end = cursor.at + 1
  while (end < text.length && text[end] !== '`' && !text.startsWith('${', end)) end += text[end] === '\\' ? 2 : 1
  literal(cursor, end)
  if (text[end] !== '$') return
  cursor.templates.push(cursor.depth)
  cursor.depth += 1
  cursor.at = end + 2
}

function closing(text: string, from: number, quote: string): number {
  let at = from + 1
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return at
}

function startsRegex({ code, at }: Cursor): boolean {
  let before = at - 1
  while (before >= 0 && /\s/.test(code[before]!)) before -= 1
  if (before < 0 || BEFORE_REGEX.has(code[before]!)) return true
  return KEYWORD_BEFORE_REGEX.test(code.slice(Math.max(0, before - 10), before + 1).join(''))
}

function closingRegex(text: string, from: number): number {
  let inClass = false
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at += 1
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if ((char === '/' && !inClass) || char === '\n') return at
  }
  return text.length
}

/** 1-based line of a position. */
export const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length

/** What a file imports, type imports included, as written. */
export function importsOf(text: string): readonly string[] {
  const { code, noComments } = mask(text)
  const found: string[] = []
  const statement = /\b(?:import|export)\b(?:[\w\s{},*$]|\btype\b)*?\bfrom\s*(['"])(.*?)\1/g
  const bare = /\bimport\s*\(?\s*(['"])(.*?)\1/g
  const required = /\brequire\w*\s*\(\s*(['"])(.*?)\1/g
  // A keyword that is blank in the code stands inside a string.
  for (const pattern of [statement, bare, required])
    for (const { 2: specifier = '', index } of noComments.matchAll(pattern))
      if (/\S/.test(code[index]!)) found.push(specifier)
  return found
}

/** A relative specifier as a path of the tree; undefined for packages. */
export function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** `@scope/name/sub` → `@scope/name`; `node:fs` stays whole. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
