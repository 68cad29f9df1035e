import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { takeOrders } from '../../lib/control/take-orders.ts'
import { DiscreetError } from '../../lib/model/discreet-error.ts'
import { dynamoOrderBook } from '../../lib/store/order-book.ts'
import { dynamoPolicyStore } from '../../lib/store/policy-store.ts'
import { checkDropSize, type DropOptions, type TakeOrders } from '../orders-handlers.ts'
import { AWS_CLIENT } from './aws.ts'
import { systemClock } from './clock.ts'
import { archiveBucket, tablePrefix, type Variables } from './environment.ts'
import { s3Rates } from './s3-rates.ts'

/** Takes orders into the tables of this deployment, by its policies and exchange rates. */
export function ordersTaker(variables: Variables): TakeOrders {
  const options = { client: new DynamoDBClient(AWS_CLIENT), prefix: tablePrefix(variables) }
  const desk = {
    clock: systemClock,
    policies: dynamoPolicyStore(options),
    rates: s3Rates({ client: new S3Client(AWS_CLIENT), bucket: archiveBucket(variables), clock: systemClock }),
    book: dynamoOrderBook(options),
  }
  return (portfolio, entries) => takeOrders(portfolio, entries, desk)
}

/** Objects of the bucket that the event names. */
export function objectReader(client = new S3Client(AWS_CLIENT)): DropOptions['read'] {
  return async (Bucket, Key) => {
    const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket, Key }))
    // Another may lie there by now than the event was of.
    checkDropSize(ContentLength)
    if (!Body) throw new DiscreetError('the object is empty: upload it again')
    return Body.transformToByteArray()
  }
}
