import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two workers: the suite is sized for two cores, and more only fight over them.
    maxWorkers: 2,
  },
})
