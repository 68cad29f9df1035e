import { expect, test } from 'vitest'
import { originOf } from '../../lib/wire/origin.ts'

const OFFICIAL = 'https://ads.example'

test('requests go to the platform unless a server on this machine is named', () => {
  expect(originOf('Example', OFFICIAL)).toBe(OFFICIAL)
  expect(originOf('Example', OFFICIAL, OFFICIAL)).toBe(OFFICIAL)
  expect(originOf('Example', OFFICIAL, 'http://127.0.0.1:4300')).toBe('http://127.0.0.1:4300')
  expect(originOf('Example', OFFICIAL, 'http://[::1]:4300/')).toBe('http://[::1]:4300')
})

test.each([
  'https://ads.example.evil.test',
  'http://ads.example',
  'https://127.0.0.1:4300',
  'http://127.0.0.1:4300/path',
  'http://user:pass@127.0.0.1:4300',
  'http://10.0.0.1:4300',
  'nonsense',
])('"%s" is refused with what to write', (given) => {
  expect(() => originOf('Example', OFFICIAL, given)).toThrow(
    `Example endpoint "${given}" must be ${OFFICIAL} or loopback, such as http://127.0.0.1:4300`,
  )
})
