import { S3Client } from '@aws-sdk/client-s3'
import { ecbSource } from '../lib/store/ecb-source.ts'
import { AWS_CLIENT } from './composition/aws.ts'
import { systemClock } from './composition/clock.ts'
import { archiveBucket } from './composition/environment.ts'
import { stdoutLog } from './composition/log.ts'
import { s3RatesFile } from './composition/s3-rates.ts'
import { makeRatesHandler } from './rates-handler.ts'

export const handler = makeRatesHandler({
  file: s3RatesFile({ client: new S3Client(AWS_CLIENT), bucket: archiveBucket(process.env) }),
  source: ecbSource(),
  clock: systemClock,
  log: stdoutLog,
})
