import { gunzipSync, gzipSync } from 'node:zlib'
import { hashOfText } from '../../lib/model/canonical.ts'
import type { Archive } from '../../lib/ports/store.ts'

/** Keeps plan inputs for as long as the process lives. */
export function memoryArchive(): Archive {
  const kept = new Map<string, Uint8Array>()
  return {
    put: async (content) => {
      const text = typeof content === 'string' ? content : [...content].join('')
      const hash = hashOfText(text)
      kept.set(hash, gzipSync(text, { level: 1 }))
      return hash
    },
    get: async (hash) => {
      const zipped = kept.get(hash)
      if (!zipped) throw new Error(`no archived inputs under ${hash}`)
      return gunzipSync(zipped).toString('utf8')
    },
  }
}
