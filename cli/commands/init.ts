import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CONFIG_FILE } from '../config/config.ts'
import { CONFIG_TEMPLATE, POLICY_TEMPLATE } from '../config/templates.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

const FILES = [
  [CONFIG_FILE, CONFIG_TEMPLATE],
  ['policy.yaml', POLICY_TEMPLATE],
] as const

/** Writes a configuration and a policy to start from. @throws Error when either is there already; then none is written */
export async function init(folder: string, screen: Screen): Promise<ExitCode> {
  await mkdir(folder, { recursive: true })
  const files = FILES.map(([name, text]) => ({ path: join(folder, name), text }))
  for (const { path } of files) if (existsSync(path)) throw taken(path)
  // The flag also refuses what appeared since the look above.
  for (const { path, text } of files)
    await writeFile(path, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? taken(path) : new Error(`${path} cannot be written: ${error.code}`)
    })
  const written = files.map(({ path }) => path)
  screen.print(written.map((path) => `wrote ${path}`).join('\n'))
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'init', written })
  screen.tell(
    'Next: fill in both, then: sluice engine (in another terminal), sluice policy put policy.yaml, sluice pull, sluice plan',
  )
  return EXIT.done
}

const taken = (path: string): Error =>
  new Error(`${path} is there already and stays as it is: move it away, or use --folder for another place`)
