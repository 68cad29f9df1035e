/** Drops fields that are there but undefined, so that spreading the rest hides nothing. */
export const defined = <T extends object>(from: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(from ?? {}).filter(([, value]) => value !== undefined)) as never
