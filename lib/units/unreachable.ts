/** Ends an exhaustive branch: a new kind is a compile error here, and untyped data that slips past the compiler throws. */
export function unreachable(value: never): never {
  throw new TypeError(`unexpected value ${JSON.stringify(value)}`)
}
