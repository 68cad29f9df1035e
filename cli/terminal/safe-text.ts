/**
 * What a terminal is given. Names come from platforms, where anybody with access to an account may choose them, and a
 * terminal obeys what it prints: cursor movements, titles, hidden text, the direction of writing.
 */

// Our own emphasis (see paint.ts) passes, line ends and tabs too; every other control or format character does not.
const OWN = '\\u001b\\[(?:0|1|2|33|34)m'
const FOREIGN = new RegExp(
  `${OWN}|[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}]|[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]`,
  'gu',
)
const isKept = (found: string): boolean => found === '\n' || found === '\t' || found.length > 2

/** The text as it may be printed: what would be obeyed stands as a question mark in a lozenge. */
export const obeyed = (text: string): string => text.replace(FOREIGN, (found) => (isKept(found) ? found : '\ufffd'))

/** JSON text with the same characters escaped, so that its value stays what it is. */
export const obeyedInJson = (json: string): string =>
  json.replace(FOREIGN, (found) =>
    found.replace(/./gsu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
  )
