import type { LogLine } from '../../functions/composition/log.ts'
import type { Paint } from '../terminal/paint.ts'
import { JSON_SCHEMA } from './exit.ts'

const WORDS: Readonly<Record<string, string>> = {
  done: 'done before',
  'too-old': 'too old: a younger turn does it better',
  off: 'switched off',
}

/** `pull    meta:123   ran      campaigns 5, budgets 8` */
export function turnText(line: LogLine, paint: Paint): string {
  const { stage, key = '', result, why, summary, errorMessage } = line
  const detail =
    result === 'failed'
      ? paint.bad(errorMessage ?? 'no message')
      : result === 'elsewhere'
        ? 'another worker is at it: run it again in a minute'
        : summary
          ? summaryText(summary)
          : (WORDS[why ?? ''] ?? '')
  return `${(stage ?? '').padEnd(6)}  ${key.padEnd(28)}  ${(result ?? '').padEnd(9)}  ${detail}`.trimEnd()
}

const summaryText = (summary: Readonly<Record<string, number | string>>): string =>
  Object.entries(summary)
    .map(([name, value]) => `${spaced(name)} ${value}`)
    .join(', ')

const spaced = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** One line of `--json`. */
export const turnJson = ({ stage, key, turn, attempt, result, why, summary, errorMessage }: LogLine): object => ({
  schemaVersion: JSON_SCHEMA,
  kind: 'turn',
  stage,
  key,
  turn,
  attempt,
  result,
  ...(why ? { why } : {}),
  ...(summary ? { summary } : {}),
  ...(errorMessage ? { error: errorMessage } : {}),
})

/** What did not run, each named; empty when all did. */
export const failures = (lines: readonly LogLine[]): readonly string[] =>
  lines
    .filter(({ result }) => result !== 'ran' && result !== 'skipped')
    .map(({ stage, key, result, errorMessage }) => `${stage} of ${key}: ${errorMessage ?? result ?? 'failed'}`)
