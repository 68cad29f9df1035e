import { googleAds } from './composition/google-ads.ts'
import { platformLambda } from './composition/platform-lambda.ts'

export const handler = platformLambda('act-google-ads', { 'google-ads': googleAds })
