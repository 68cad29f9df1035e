import { type Money, toDecimal } from '../units/money.ts'

/*
 * Words that the problems of a policy share. A problem is one line: the field, what is wrong with its value, the remedy.
 */

/** `120.00 EUR`. */
export const amount = (of: Money): string => `${toDecimal(of, 2)} ${of.currency}`

/** `12.5 %`. */
export const percent = (share: number): string => `${Math.round(share * 1e4) / 100} %`

/** A problem for each entry of a list whose name an earlier one has. */
export const namedTwice = (list: string, entries: readonly { readonly name: string }[]): readonly string[] =>
  entries.flatMap(({ name }, i) => {
    const first = entries.findIndex((one) => one.name === name)
    return first < i
      ? [
          `${list}.${i}.name: "${name}" is the name of ${list}.${first} as well: give each its own, plans and reports name it`,
        ]
      : []
  })
