import { S3Client } from '@aws-sdk/client-s3'
import { s3Archive } from '../../lib/store/s3-archive.ts'
import { lambdaAdapters } from './adapters.ts'
import { AWS_CLIENT } from './aws.ts'
import { capabilitiesOf } from './capabilities.ts'
import { systemClock } from './clock.ts'
import { archiveBucket, type Variables } from './environment.ts'
import type { LoopExtras } from './loop.ts'
import { s3Rates } from './s3-rates.ts'

/** What planning has and no other stage: the archive of inputs and exchange rates, and no way to a platform. */
export async function planExtras(variables: Variables = process.env): Promise<LoopExtras> {
  const place = { client: new S3Client(AWS_CLIENT), bucket: archiveBucket(variables) }
  return {
    platforms: capabilitiesOf(await lambdaAdapters(variables)),
    archive: s3Archive(place),
    rates: s3Rates({ ...place, clock: systemClock }),
  }
}
