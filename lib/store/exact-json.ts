/** An integer in packed JSON: a number where every reader holds it exactly, digits in text beyond 2^53. */
export type ExactJson = number | string

export const exactJson = (value: bigint): ExactJson => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}
