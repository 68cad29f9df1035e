import { describe, expect, test } from 'vitest'
import { graphOrigin, graphVersion } from '../../../lib/platforms/meta/endpoint.ts'

describe('the host that tokens are sent to', () => {
  test("is Meta's own unless told otherwise", () => {
    expect(graphOrigin()).toBe('https://graph.facebook.com')
  })

  test.each(['http://127.0.0.1:4300', 'http://localhost:4300', 'http://[::1]:4300'])('may be %s', (endpoint) => {
    expect(graphOrigin(endpoint)).toBe(endpoint)
  })

  test.each([
    'https://graph.facebook.com.evil.example',
    'http://graph.facebook.com',
    'https://example.com',
    'http://127.0.0.1.example.com',
    'http://127.0.0.1:4300@example.com',
    'http://user:pass@127.0.0.1:4300',
    'https://127.0.0.1:4300',
    'http://127.0.0.1:4300/v25.0',
    'http://10.0.0.1:80',
    'graph.facebook.com',
    '',
  ])('may not be "%s"', (endpoint) => {
    expect(() => graphOrigin(endpoint)).toThrow(RangeError)
  })
})

describe('the API version', () => {
  test.each(['v25.0', 'v9.0', 'v26.1'])('may be %s', (version) => expect(graphVersion(version)).toBe(version))
  test.each(['25.0', 'v25', 'v25.0/../x', ''])('may not be "%s"', (version) => {
    expect(() => graphVersion(version)).toThrow(RangeError)
  })
})
