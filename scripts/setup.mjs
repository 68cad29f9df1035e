// Brings a fresh clone to a state in which every other script runs: the pinned packages, and with them the pinned
// Node release. Plain JavaScript without imports from packages, because it runs before there are any, on Node 20 or later.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = join(root, 'node_modules', '.sluice-setup')
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

const [major] = process.versions.node.split('.').map(Number)
if (major < 20) {
  console.error(
    `Sluice needs Node 20 or later to set itself up; this is ${process.version}. Install a newer Node and run again.`,
  )
  process.exit(1)
}

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  // npm would empty the folder that it leads to, which is somebody else's.
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error(
      'node_modules is a link to packages that are not those of package-lock.json: remove the link and run again.',
    )
    process.exit(1)
  }
  console.error('Installing the pinned packages (once, about a minute) …')
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    // Install output goes to stderr: stdout belongs to the command that follows.
    execFileSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    })
  } catch {
    console.error('npm ci failed. Check that the npm registry can be reached, then run the same command again.')
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}

const pinned = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
if (!existsSync(pinned)) {
  if (major < 24) {
    console.error(
      `No pinned Node for ${process.platform}-${process.arch} is among the optional dependencies, and this is ${process.version}. Install Node 24 and run again.`,
    )
    process.exit(1)
  }
}
