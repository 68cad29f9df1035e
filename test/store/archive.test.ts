import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashOfText } from '../../lib/model/canonical.ts'
import type { Archive } from '../../lib/ports/store.ts'
import { folderArchive } from '../../lib/store/folder-archive.ts'
import { s3Archive } from '../../lib/store/s3-archive.ts'

const BUCKET = 'inputs'
const CONTENT = '{"spend":"12.34 €"}'
const HASH = hashOfText(CONTENT)
let folder: string
let server: FauxqsServer
let client: S3Client

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-archive-'))
  server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
  client = new S3Client({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }))
})
afterAll(async () => {
  client.destroy()
  await server.stop()
  await rm(folder, { recursive: true })
})

interface Kind {
  readonly open: () => Archive
  /** Puts other bytes under a name. */
  readonly tamper: (hash: string, bytes: Buffer) => Promise<unknown>
}

const KINDS: readonly [string, Kind][] = [
  [
    'in a folder',
    {
      open: () => folderArchive(folder),
      tamper: (hash, bytes) => writeFile(join(folder, hash.slice(0, 2), `${hash}.gz`), bytes),
    },
  ],
  [
    'in S3',
    {
      open: () => s3Archive({ client, bucket: BUCKET }),
      tamper: (hash, bytes) =>
        client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `inputs/${hash}.gz`, Body: bytes })),
    },
  ],
]

describe.each(KINDS)('an archive %s', (_name, { open, tamper }) => {
  test('gives back what it was given, by its SHA-256, however often it was put', async () => {
    const archive = open()
    expect(await archive.put(CONTENT)).toBe(HASH)
    expect(await archive.put(CONTENT)).toBe(HASH)
    // Pieces are the text that they join to.
    expect(await archive.put([CONTENT.slice(0, 3), '', CONTENT.slice(3)])).toBe(HASH)
    expect(await archive.get(HASH)).toBe(CONTENT)
  })

  test('refuses content that is not what its name says', async () => {
    const archive = open()
    const hash = await archive.put('as it was')
    await tamper(hash, gzipSync('as it was not'))
    await expect(archive.get(hash)).rejects.toThrow(`archived ${hash} has hash ${hashOfText('as it was not')}`)
  })

  test('refuses a damaged blob', async () => {
    const archive = open()
    const hash = await archive.put('to be cut short')
    await tamper(hash, gzipSync('to be cut short').subarray(0, 15))
    await expect(archive.get(hash)).rejects.toThrow(`archived ${hash} is damaged`)
  })

  test('names what is missing', async () => {
    await expect(open().get('0'.repeat(64))).rejects.toThrow(`archived ${'0'.repeat(64)} is missing in`)
  })

  test('refuses a name that is no hash', async () => {
    await expect(open().get('../../etc/passwd')).rejects.toThrow('must be a SHA-256')
  })
})

test('a folder holds one gzipped file per content and nothing unfinished', async () => {
  const own = await mkdtemp(join(folder, 'own-'))
  const archive = folderArchive(own)
  await Promise.all([archive.put(CONTENT), archive.put(CONTENT)])
  expect(await readdir(join(own, HASH.slice(0, 2)))).toEqual([`${HASH}.gz`])
  const bytes = await readFile(join(own, HASH.slice(0, 2), `${HASH}.gz`))
  expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
})
