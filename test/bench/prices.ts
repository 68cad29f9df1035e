/**
 * AWS list prices, us-east-1, USD. Free tiers, discounts, tax and data transfer are left out. An estimate: prices change,
 * and other regions differ (eu-central-1 asks about a fifth more for DynamoDB).
 */
export const PRICES_AS_OF = '2026-11'
export const REGION = 'us-east-1'

export interface Price {
  readonly usd: number
  readonly per: string
  readonly source: string
}

export const PRICES = {
  dynamodbRead: {
    usd: 0.125 / 1e6,
    per: 'read request unit',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  dynamodbWrite: {
    usd: 0.625 / 1e6,
    per: 'write request unit',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  dynamodbStorage: { usd: 0.25, per: 'GB and month', source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/' },
  dynamodbRecovery: {
    usd: 0.2,
    per: 'GB and month of point-in-time recovery',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  lambdaSecond: { usd: 0.0000133334, per: 'GB-second, arm64', source: 'https://aws.amazon.com/lambda/pricing/' },
  lambdaRequest: { usd: 0.2 / 1e6, per: 'invocation', source: 'https://aws.amazon.com/lambda/pricing/' },
  sqsFifo: { usd: 0.5 / 1e6, per: 'FIFO request', source: 'https://aws.amazon.com/sqs/pricing/' },
  scheduler: { usd: 1 / 1e6, per: 'Scheduler invocation', source: 'https://aws.amazon.com/eventbridge/pricing/' },
  secret: { usd: 0.4, per: 'secret and month', source: 'https://aws.amazon.com/secrets-manager/pricing/' },
  secretRead: { usd: 0.05 / 1e4, per: 'API call', source: 'https://aws.amazon.com/secrets-manager/pricing/' },
  s3Put: { usd: 0.005 / 1e3, per: 'PUT', source: 'https://aws.amazon.com/s3/pricing/' },
  s3Storage: { usd: 0.023, per: 'GB and month', source: 'https://aws.amazon.com/s3/pricing/' },
  logIngestion: { usd: 0.5, per: 'GB taken in', source: 'https://aws.amazon.com/cloudwatch/pricing/' },
  logStorage: { usd: 0.03, per: 'GB and month', source: 'https://aws.amazon.com/cloudwatch/pricing/' },
  alarm: { usd: 0.1, per: 'alarm and month', source: 'https://aws.amazon.com/cloudwatch/pricing/' },
  metric: { usd: 0.3, per: 'custom metric and month', source: 'https://aws.amazon.com/cloudwatch/pricing/' },
} as const satisfies Readonly<Record<string, Price>>
