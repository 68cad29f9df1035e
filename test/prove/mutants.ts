/** One small change of a source file, of the kind that a slip of the hand makes. */
export interface Mutant {
  /** Stable as long as the text before it is: `line:column before → after`. */
  readonly id: string
  readonly start: number
  readonly end: number
  readonly after: string
}

/** What each operator may have been meant for. Formatted source has a space on either side of one, and none beside a type's bracket. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
}
const OPERATOR = /(?<= )(?:<=|>=|<|>|===|!==|&&|\|\||\+|-|\*|\/)(?= )/g
const NUMBER = /(?<![\w.$])\d[\d_]*(?:\.\d+)?n?(?![\w.])/g
const WORD = /(?<![\w.$])(?:true|false)(?![\w$:])/g
const NEGATION = /(?<=[\s(])!(?=[\w(])/g
const QUANTIFIER = /(?<=\.)(?:some|every)(?=\()/g

/** Texts, patterns, comments, and what only tells types: nothing to change there. */
const LEFT_ALONE = [
  /\/\*[\s\S]*?\*\//g,
  /\/\/.*$/gm,
  /'(?:[^'\\\n]|\\.)*'/g,
  /"(?:[^"\\\n]|\\.)*"/g,
  /`(?:[^`\\]|\\.)*`/g,
  /(?<=[=(,] ?)\/(?![ *])(?:[^/\\\n]|\\.)+\/[a-z]*/g,
  /^import [\s\S]*? from .*$/gm,
  /^(?:export )?interface [\s\S]*?^\}/gm,
  /^(?:export )?type [^\n]*(?:\n {2}[^\n]*)*/gm,
]

const masked = (source: string): string =>
  LEFT_ALONE.reduce((text, pattern) => text.replaceAll(pattern, (part) => part.replaceAll(/[^\n]/g, '_')), source)

/** Every mutant of a file: comparisons and their borders, logic, arithmetic, numbers, booleans, negations, quantifiers. */
export function mutantsOf(source: string): readonly Mutant[] {
  const text = masked(source)
  const of = (pattern: RegExp, replaced: (found: string) => readonly string[]): readonly Mutant[] =>
    [...text.matchAll(pattern)].flatMap(({ 0: before, index: start }) =>
      replaced(before).map((after) => ({
        id: `${placeOf(source, start)} ${before} → ${after === '' ? 'nothing' : after}`,
        ...{ start, end: start + before.length, after },
      })),
    )
  return [
    ...of(OPERATOR, (found) => OPERATORS[found] ?? []),
    ...of(NUMBER, (found) => [
      found.endsWith('n') ? `${BigInt(found.slice(0, -1).replaceAll('_', '')) + 1n}n` : `(${found} + 1)`,
    ]),
    ...of(WORD, (found) => [found === 'true' ? 'false' : 'true']),
    ...of(NEGATION, () => ['']),
    ...of(QUANTIFIER, (found) => [found === 'some' ? 'every' : 'some']),
  ].toSorted((a, b) => a.start - b.start)
}

function placeOf(source: string, at: number): string {
  const before = source.slice(0, at).split('\n')
  return `${before.length}:${before.at(-1)!.length + 1}`
}

/** The source with one mutant in it. */
export const mutated = (source: string, { start, end, after }: Mutant): string =>
  source.slice(0, start) + after + source.slice(end)
