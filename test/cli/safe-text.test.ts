import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { screenOf } from '../../cli/terminal/screen.ts'
import { instant } from '../../lib/units/calendar.ts'

const EVIL = 'Sale\u001b[2J\u001b]0;owned\u0007\u009b1A\rSPEND 0\u202eliated\u0000'

function printed(json: boolean, say: (screen: ReturnType<typeof screenOf>) => void): { out: string; err: string } {
  const seen = { out: '', err: '' }
  const onto = (name: 'out' | 'err') => (text: string) => {
    seen[name] += text
  }
  const screen = screenOf(
    {
      cwd: '/',
      env: {},
      stdin: Object.assign(Readable.from([]), { isTTY: true }),
      stdout: { isTTY: true, write: onto('out') },
      stderr: { isTTY: true, write: onto('err') },
      clock: { now: () => instant('2026-11-21T12:00:00Z') },
    },
    { json },
  )
  say(screen)
  return seen
}

describe('a terminal is given nothing to obey', () => {
  const harmless = 'Sale\ufffd[2J\ufffd]0;owned\ufffd\ufffd1A\ufffdSPEND 0\ufffdliated\ufffd\n'

  test('by a name in what is printed', () => {
    expect(printed(false, (screen) => screen.print(EVIL)).out).toBe(harmless)
  })
  test('by a name in a message or an error', () => {
    expect(printed(false, (screen) => screen.warn(EVIL)).err).toBe(harmless)
    expect(printed(false, (screen) => screen.tell(EVIL)).err).toBe(harmless)
  })
  test('but our own emphasis, line ends and tabs', () => {
    const { out } = printed(false, (screen) => screen.print(`${screen.paint.good('a')}\n\tb 👩\u200d👧`))
    expect(out).toBe('\u001b[34ma\u001b[0m\n\tb 👩\u200d👧\n')
  })
  test('by JSON, whose values stay what they are', () => {
    const { out } = printed(true, (screen) => screen.record({ name: EVIL }))
    expect(out).toMatch(/^[\x20-\x7e]+\n$/)
    expect(JSON.parse(out)).toEqual({ name: EVIL })
  })
})
