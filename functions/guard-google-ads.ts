import { googleAds } from './composition/google-ads.ts'
import { platformLambda } from './composition/platform-lambda.ts'

export const handler = platformLambda('guard-google-ads', { 'google-ads': googleAds })
