#!/usr/bin/env node
// Runs the command line on the Node release that it is written for, whatever runs this file and from wherever. Plain
// JavaScript without imports from packages, because it must run on Node 20 too and say what is missing.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAJOR = 24
const root = join(dirname(realpathSync(fileURLToPath(import.meta.url))), '..')
const main = join(root, 'cli', 'main.ts')
const system = process.platform === 'win32' ? 'win' : process.platform
const binary = process.platform === 'win32' ? 'node.exe' : 'node'
const pinned = [
  join(root, 'node_modules', `node-${system}-${process.arch}`, 'bin', binary),
  join(root, 'node_modules', '.bin', 'node'),
].find((path) => existsSync(path))

const isNew = Number(process.versions.node.split('.')[0]) >= MAJOR
const node = isNew ? process.execPath : pinned
if (!existsSync(join(root, 'node_modules', 'commander')) || node === undefined) {
  process.stderr.write(`Sluice is not set up yet, or has no Node ${MAJOR}: run "npm run setup" in ${root} first.\n`)
  process.exit(1)
}

// Half of the time to a freeze is compiling: what was compiled is kept, wherever that may be written.
const env = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'sluice'), ...process.env }
const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit', env })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  process.stderr.write(`Sluice could not be started with ${node}: ${error.message}\n`)
  process.exit(1)
})
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
