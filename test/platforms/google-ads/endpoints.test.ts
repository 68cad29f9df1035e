import { expect, test } from 'vitest'
import { apiVersion, endpoints, GOOGLE_API, GOOGLE_TOKEN } from '../../../lib/platforms/google-ads/endpoints.ts'
import { platformAt } from './tiny-server.ts'

test.each([
  [GOOGLE_API, GOOGLE_TOKEN],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/token'],
  ['http://localhost:8080', 'http://localhost:8080/token'],
  ['http://[::1]:8080', 'http://[::1]:8080/token'],
])('%s is allowed', (api, token) => {
  expect(endpoints({ api, token }).token.href).toBe(token)
})

test.each([
  'https://googleads.googleapis.com.evil.example',
  'https://googleads.googleapis.com:444',
  'http://googleads.googleapis.com',
  'http://127.0.0.1.evil.example',
  'https://127.0.0.1:8080',
  'http://user@127.0.0.1:8080',
  'http://10.0.0.7:8080',
  'ftp://localhost',
  'localhost:8080',
  '',
])('the host of "%s" is refused', (api) => {
  expect(() => endpoints({ api, token: GOOGLE_TOKEN })).toThrow(/^endpoints\.api ".*" is refused: use https:/)
})

test('a foreign token host is refused when the platform is made, before any secret is read', () => {
  const foreign = { api: GOOGLE_API, token: 'https://oauth2.example.com/token' }
  expect(() => platformAt({ base: GOOGLE_API }, { endpoints: foreign })).toThrow(/^endpoints\.token/)
})

test.each(['25', 'v0', 'v25/../v1', 'V25', 'v1234', ''])('version "%s" is refused', (text) => {
  expect(() => apiVersion(text)).toThrow(/such as v25/)
})

test('v26 is a matter of configuration', () => {
  expect(apiVersion('v26')).toBe('v26')
})
