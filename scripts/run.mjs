// Sets up if need be, then runs a command with the pinned packages and the pinned Node first on its path:
//   node scripts/run.mjs COMMAND ARGUMENTS…
// Plain JavaScript, for Node 20 or later. A process of its own, because the shell that started this one remembers where
// it found `node`, and on the first run that was not the pinned one.
import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import './setup.mjs'

const [command, ...args] = process.argv.slice(2)
if (command === undefined) {
  console.error('usage: node scripts/run.mjs COMMAND ARGUMENTS…')
  process.exit(2)
}
const bin = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))
const windows = process.platform === 'win32'
const found = spawnSync(windows ? command : command === 'node' ? join(bin, 'node') : command, args, {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
  shell: windows,
})
if (found.error) {
  console.error(`${command} could not be started: ${found.error.message}`)
  process.exit(1)
}
process.exit(found.status ?? 1)
