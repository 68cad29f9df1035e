import type { LimitStore, StoredBook } from '../ports/limiter.ts'

/** Books in this process: for a program that runs alone, such as the command line or the playground. */
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
