import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('setting up leaves packages alone that node_modules is only a link to, and says what to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-setup-'))
  try {
    for (const name of ['scripts', 'theirs/package']) mkdirSync(join(folder, name), { recursive: true })
    cpSync('scripts/setup.mjs', join(folder, 'scripts', 'setup.mjs'))
    writeFileSync(join(folder, 'package-lock.json'), '{"lockfileVersion":3,"packages":{}}')
    writeFileSync(join(folder, 'package.json'), '{"name":"x","version":"1.0.0"}')
    symlinkSync(join(folder, 'theirs'), join(folder, 'node_modules'))
    const run = () => execFileSync(process.execPath, [join(folder, 'scripts', 'setup.mjs')], { stdio: 'pipe' })
    expect(run).toThrow('remove the link and run again')
    expect(existsSync(join(folder, 'theirs', 'package'))).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
