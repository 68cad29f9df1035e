import { fileURLToPath } from 'node:url'
import type { BuildOptions } from 'esbuild'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Where a function of this name is written. */
export const entryOf = (lambda: string): string => `${ROOT}functions/${lambda}.ts`

/** How every Lambda is bundled: by CDK when it deploys, by the benchmark when it measures, by the tests when they look inside. */
export const esbuildSettings = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  // The AWS SDK's ES modules leave out what is not used; its CommonJS cannot.
  mainFields: ['module', 'main'],
  // For what is CommonJS all the same: it asks for node's own modules with require.
  banner: {
    js: "import{createRequire as sluiceRequire}from'node:module';const require=sluiceRequire(import.meta.url);",
  },
} satisfies BuildOptions
