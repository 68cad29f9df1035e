// The whole gate: types, format and lint, tests, template synthesis. The same locally and in CI.
import { spawnSync } from 'node:child_process'

const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['supply chain', 'node', 'scripts/check-lock.ts'],
  ['types', 'tsc', '--noEmit'],
  ['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
  ['browser for the tests', 'node', 'scripts/browser.ts'],
  ['tests', 'vitest', 'run'],
  ['synthesis', 'cdk', 'synth', '--quiet'],
]

for (const [name, command, ...args] of steps) {
  console.log(`\n== ${name}: ${command} ${args.join(' ')}`)
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) {
    console.error(`\ncheck stopped at: ${name}`)
    process.exit(status ?? 1)
  }
}
console.log('\ncheck: all green')
