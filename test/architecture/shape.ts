import { stripTypeScriptTypes } from 'node:module'
import { type Breach, lineOf, mask, type SourceTree } from './source-text.ts'

export const LONGEST_FUNCTION = 60
export const LONGEST_FILE = 300

const COUNTED = /^(?:lib|functions|cli|cdk|dashboard|playground)\//

/** Files that are over the cap, each with its reason. */
export const LONG_FILES: Readonly<Record<string, string>> = {}
/** Functions over the cap, by file: lines move with every edit. */
export const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
  'playground/runner/fifo-queue.ts': 'a factory: its methods share the state of one queue, and each is short',
  'playground/runner/runner.ts': 'a factory: its methods share the state of one run, and each is short',
}

const matchingOf: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** Position of each closing bracket's opening one, and the reverse. */
function brackets(code: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>()
  const open: number[] = []
  for (let at = 0; at < code.length; at++) {
    const char = code[at]!
    if ('([{'.includes(char)) open.push(at)
    if (!(char in matchingOf)) continue
    const start = open.pop()
    if (start === undefined || code[start] !== matchingOf[char]) throw new Error(`unbalanced ${char} at ${at}`)
    pairs.set(at, start).set(start, at)
  }
  return pairs
}

const NOT_FUNCTIONS = /\b(?:if|for|while|switch|catch|with|await)\s*$/

/** First and last line of every function of a file: declarations, methods, arrows with a block or an expression. */
export function functionsOf(text: string): readonly { readonly from: number; readonly to: number }[] {
  const { code } = mask(stripTypeScriptTypes(text))
  const pairs = brackets(code)
  const spans: { from: number; to: number }[] = []
  for (const { index } of code.matchAll(/=>/g)) {
    const body = index + 2 + code.slice(index + 2).search(/\S/)
    const start = startOfParameters(code, index, pairs)
    spans.push({
      from: lineOf(code, start),
      to: lineOf(code, code[body] === '{' ? pairs.get(body)! : endOfExpression(code, body, pairs)),
    })
  }
  for (const { index } of code.matchAll(/\)\s*\{/g)) {
    const start = pairs.get(index)!
    if (NOT_FUNCTIONS.test(code.slice(0, start))) continue
    spans.push({ from: lineOf(code, start), to: lineOf(code, pairs.get(code.indexOf('{', index))!) })
  }
  return spans
}

function startOfParameters(code: string, arrow: number, pairs: ReadonlyMap<number, number>): number {
  let at = arrow - 1
  while (/\s/.test(code[at]!)) at -= 1
  return code[at] === ')' ? pairs.get(at)! : at
}

/** An expression ends before a comma or a bracket that closes around it, or with the last line that goes on. */
function endOfExpression(code: string, from: number, pairs: ReadonlyMap<number, number>): number {
  let at = from
  while (at < code.length) {
    const char = code[at]!
    if ('([{'.includes(char)) at = pairs.get(at)!
    else if (',;)]}'.includes(char)) return at - 1
    else if (char === '\n' && !goesOn(code, at)) return at - 1
    at += 1
  }
  return at
}

const goesOn = (code: string, lineEnd: number): boolean =>
  /^\s*(?:[.?:&|+\-*/=<>,%]|in\b|instanceof\b)/.test(code.slice(lineEnd)) ||
  /(?:[=?:&|+\-*/<>,%(]|\breturn)\s*$/.test(code.slice(0, lineEnd))

/** Functions and files over their caps. */
export function lengthBreaches(
  tree: SourceTree,
  exceptions: {
    readonly files: Readonly<Record<string, string>>
    readonly functions: Readonly<Record<string, string>>
  },
): readonly Breach[] {
  const breaches: Breach[] = []
  for (const [file, text] of tree) {
    if (!COUNTED.test(file) || !file.endsWith('.ts')) continue
    const lines = text.replace(/\n$/, '').split('\n').length
    if (lines > LONGEST_FILE !== file in exceptions.files)
      breaches.push(
        lines > LONGEST_FILE
          ? `${file}: ${lines} lines, the cap is ${LONGEST_FILE}`
          : `${file}: listed as too long, and is not`,
      )
    const long = functionsOf(text).filter(({ from, to }) => to - from + 1 > LONGEST_FUNCTION)
    if (file in exceptions.functions) {
      if (long.length === 0) breaches.push(`${file}: listed for a long function, and has none`)
    } else
      for (const { from, to } of long)
        breaches.push(`${file}:${from}: a function of ${to - from + 1} lines, the cap is ${LONGEST_FUNCTION}`)
  }
  return breaches
}

interface Ban {
  readonly pattern: RegExp
  readonly what: string
}

const BANS: readonly Ban[] = [
  { pattern: /\bexport\s+default\b|\bas\s+default\b/g, what: 'a default export' },
  { pattern: /(?<![.\w$'])any\b(?!\s*[(:'])|\bz\.any\(/g, what: 'any' },
  { pattern: /\bexport\s+(?:type\s+)?(?:\*|\{[^}]*\}\s*from\b)/g, what: 'a re-export: import from where it is made' },
]

/** Default exports, `any`, re-exports and files named index, which are barrels by another name. */
export function banBreaches(tree: SourceTree): readonly Breach[] {
  const breaches: Breach[] = []
  for (const [file, text] of tree) {
    if (/(?:^|\/)index\.ts$/.test(file)) breaches.push(`${file}: a barrel file; name it by what it holds`)
    if (/\.config\.ts$|\.mjs$/.test(file)) continue
    const { code, noComments } = mask(text)
    for (const { pattern, what } of BANS)
      for (const { index } of code.matchAll(pattern)) breaches.push(`${file}:${lineOf(text, index)}: ${what}`)
    // The compiler is silenced from a comment.
    for (const { index } of text.matchAll(/@ts-(?:ignore|nocheck)/g))
      if (noComments[index] === ' ') breaches.push(`${file}:${lineOf(text, index)}: a silenced compiler`)
  }
  return breaches
}
