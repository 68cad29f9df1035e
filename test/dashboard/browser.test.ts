import { describe, expect, it } from 'vitest'
import { BROWSER_REMEDY, chromiumPath } from '../../scripts/browser.ts'
import { browserOr } from './browser.ts'

const machine = (platform: NodeJS.Platform, ...files: readonly string[]) => ({
  named: undefined,
  platform,
  exists: (path: string) => files.includes(path),
})

describe('finding a browser', () => {
  it('takes the one that is named before any other', () =>
    expect(chromiumPath({ ...machine('linux', '/opt/chrome', '/usr/bin/chromium'), named: '/opt/chrome' })).toBe(
      '/opt/chrome',
    ))

  it('refuses a named one that does not exist', () =>
    expect(() => chromiumPath({ ...machine('linux', '/usr/bin/chromium'), named: '/opt/chrome' })).toThrow(
      'SLUICE_CHROMIUM names /opt/chrome, which does not exist',
    ))

  it.each([
    ['linux', '/usr/bin/chromium-browser'],
    ['linux', '/usr/bin/google-chrome'],
    ['darwin', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
    ['win32', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'],
  ] as const)('looks on %s at %s', (platform, path) => expect(chromiumPath(machine(platform, path))).toBe(path))

  it('says that there is none', () => {
    expect(chromiumPath(machine('linux'))).toBeUndefined()
    expect(chromiumPath(machine('aix'))).toBeUndefined()
  })
})

describe('a run without a browser', () => {
  const leaveOut = (why: string): never => {
    throw new Error(`left out: ${why}`)
  }

  it('fails in CI and says what to install', () =>
    expect(() => browserOr(undefined, 'true', leaveOut)).toThrow(/^no Chromium or Chrome was found\. Install one/))

  it.each([undefined, '', 'false'])('is left out with the same words where CI is %s', (ci) =>
    expect(() => browserOr(undefined, ci, leaveOut)).toThrow(`left out: ${BROWSER_REMEDY}`),
  )
})
