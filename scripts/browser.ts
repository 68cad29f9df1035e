// Finds a Chromium for the tests that open a page in a real browser. Run by itself, it installs Debian's where it can.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
}

export const BROWSER_REMEDY =
  'no Chromium or Chrome was found. Install one (Debian and Ubuntu: apt-get install chromium; elsewhere: Google Chrome), or name its program in SLUICE_CHROMIUM'

/** Where to look: the environment, the kind of machine, and what exists on it. Handed in by tests. */
export interface Machine {
  readonly named: string | undefined
  readonly platform: NodeJS.Platform
  readonly exists: (path: string) => boolean
}

const thisMachine = (): Machine => ({
  named: process.env.SLUICE_CHROMIUM,
  platform: process.platform,
  exists: existsSync,
})

/**
 * Path of a Chromium or Chrome, `SLUICE_CHROMIUM` before the usual places; undefined when there is none.
 * @throws Error when `SLUICE_CHROMIUM` names a file that does not exist: another browser would not be the one asked for
 */
export function chromiumPath({ named, platform, exists }: Machine = thisMachine()): string | undefined {
  if (named !== undefined && named !== '') {
    if (exists(named)) return named
    throw new Error(`SLUICE_CHROMIUM names ${named}, which does not exist: correct it or unset it`)
  }
  return PLACES[platform]?.find(exists)
}

/** What headless Chromium is started with: no sandbox, because containers run as root; and no calls of its own home. */
export const CHROMIUM_ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const

const canInstall = (): boolean => process.getuid?.() === 0 && existsSync('/etc/debian_version')

function install(): void {
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const { status } = spawnSync('apt-get', args, {
      // Output goes to stderr: stdout belongs to the answer.
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed: ${BROWSER_REMEDY}`)
  }
}

function main(): void {
  try {
    if (chromiumPath() === undefined && canInstall()) install()
    const path = chromiumPath()
    if (path === undefined) throw new Error(BROWSER_REMEDY)
    console.log(path)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    // A person's own machine may do without: the tests then say which were skipped. In CI they must all run.
    if (process.env.CI) process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
