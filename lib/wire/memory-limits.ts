import type { LimitStore, StoredBook } from '../ports/limiter.ts'

/** Books in this process: for what must work without tables, and for pretend platforms and times. */
export function memoryLimits(): LimitStore {
  const books = new Map<string, StoredBook>()
  return {
    read: async (scope) => books.get(scope),
    async write(scope, next, expected) {
      if ((books.get(scope)?.version ?? 0) !== expected) return false
      books.set(scope, next)
      return true
    },
  }
}
