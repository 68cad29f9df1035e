/**
 * A function of one object that works each object's answer out once and remembers it for as long as the object lives.
 * For pure functions of objects that are never changed: tables made of a structure are asked for by every budget in it.
 */
export function perObject<K extends object, V>(make: (of: K) => V): (of: K) => V {
  const made = new WeakMap<K, { readonly value: V }>()
  return (of) => {
    const known = made.get(of)
    if (known) return known.value
    const value = make(of)
    made.set(of, { value })
    return value
  }
}
