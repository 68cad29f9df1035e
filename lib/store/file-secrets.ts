import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Secrets } from '../ports/secrets.ts'
import { checkedName, checkedSecret } from './secret-text.ts'

/**
 * Secrets of a local deployment, read anew each time.
 *
 * @param path a folder with one file `<name>.json` per secret, or one JSON file with the secrets by name
 */
export function fileSecrets(path: string): Secrets {
  const read = async (name: string): Promise<string> => {
    checkedName(name)
    const text = (await isFolder(path)) ? await readText(join(path, `${name}.json`), name) : await member(path, name)
    return checkedSecret(name, text)
  }
  return {
    read,
    async replace(name, was, text) {
      checkedSecret(name, text)
      const inFolder = await isFolder(path)
      const file = await realpath(inFolder ? join(path, `${checkedName(name)}.json`) : path)
      return alone(file, name, async () => {
        if ((await read(name)) !== was) return false
        await swap(file, inFolder ? text : await withMember(path, name, text))
        return true
      })
    },
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

const readText = (path: string, name: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`secret "${name}" cannot be read from ${path}: ${error.code}`)
  })

async function members(path: string, name: string): Promise<Record<string, unknown>> {
  const all = JSON.parse(checkedSecret(path, await readText(path, name))) as Record<string, unknown>
  if (!Object.hasOwn(all, name)) throw new Error(`secret "${name}" is not in ${path}: add it there`)
  return all
}

const member = async (path: string, name: string): Promise<string> => JSON.stringify((await members(path, name))[name])

const withMember = async (path: string, name: string, text: string): Promise<string> =>
  `${JSON.stringify({ ...(await members(path, name)), [name]: JSON.parse(text) }, null, 2)}\n`

/** A replacement takes milliseconds. */
const LOOK_MS = 20
const LOOKS_MAX = 50

/**
 * Runs while nobody else replaces anything in the file: a lock beside it holds the process that has it. One that died
 * with it is passed over.
 *
 * @throws Error that names the lock while another process holds it
 */
async function alone<T>(file: string, name: string, run: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`
  let looks = 0
  while (!(await take(lock))) {
    if (!(await isHeld(lock))) await rm(lock, { force: true })
    else if (++looks === LOOKS_MAX)
      throw new Error(`secret "${name}" cannot be replaced: another process holds ${lock}`)
    else await delay(LOOK_MS)
  }
  try {
    return await run()
  } finally {
    await rm(lock, { force: true })
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600)
    await handle.writeFile(String(process.pid)).finally(() => handle.close())
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function isHeld(lock: string): Promise<boolean> {
  const pid = Number(await readFile(lock, 'utf8').catch(() => ''))
  // Empty: taken this moment, its owner not yet written.
  if (!Number.isInteger(pid) || pid <= 0) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** The whole new file or the whole old one, whatever happens, and on the disk before it counts. */
async function swap(file: string, text: string): Promise<void> {
  const { mode } = await stat(file)
  const next = `${file}.next`
  const handle = await open(next, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.chmod(mode & 0o777)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(next, file)
}
