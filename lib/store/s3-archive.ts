import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import type { Archive } from '../ports/store.ts'
import { checkedHash, pack, unpack } from './archive-content.ts'

const PRECONDITION_FAILED = 412

export interface S3ArchiveOptions {
  readonly client: S3Client
  readonly bucket: string
}

/** One gzipped object per blob, never overwritten: `inputs/<hash>.gz`. */
export function s3Archive({ client, bucket }: S3ArchiveOptions): Archive {
  const keyOf = (hash: string): string => `inputs/${checkedHash(hash)}.gz`
  return {
    async put(content) {
      const { hash, zipped } = await pack(content)
      const Key = keyOf(hash)
      const object = { Bucket: bucket, Key, Body: zipped, ContentType: 'application/gzip', IfNoneMatch: '*' }
      await client.send(new PutObjectCommand(object)).catch(unlessThere)
      return hash
    },
    async get(hash) {
      const object = await client
        .send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(hash) }))
        .catch((error: unknown) => {
          if (error instanceof NoSuchKey) throw new Error(`archived ${hash} is missing in bucket ${bucket}`)
          throw error
        })
      if (!object.Body) throw new Error(`archived ${hash} is empty in bucket ${bucket}`)
      return unpack(hash, await object.Body.transformToByteArray())
    },
  }
}

/** The same name is the same content. */
function unlessThere(error: unknown): void {
  if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === PRECONDITION_FAILED) return
  throw error
}
