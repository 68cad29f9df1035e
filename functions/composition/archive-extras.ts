import { S3Client } from '@aws-sdk/client-s3'
import { s3Archive } from '../../lib/store/s3-archive.ts'
import { AWS_CLIENT } from './aws.ts'
import { archiveBucket, type Variables } from './environment.ts'
import type { LoopExtras } from './loop.ts'

/** For stages that store plans and decide nothing about money between portfolios: the archive, and no exchange rates. */
export const archiveExtras = (variables: Variables = process.env): LoopExtras => ({
  archive: s3Archive({ client: new S3Client(AWS_CLIENT), bucket: archiveBucket(variables) }),
})
