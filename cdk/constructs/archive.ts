import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership, StorageClass } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { isProduction, type SluiceConfig } from '../config.ts'

/** A plan is to be replayed a year on; after two nobody asks. */
const KEPT_DAYS = 730

/** The inputs of every plan, by content; and the exchange rates, which somebody uploads. */
export class Archive extends Construct {
  readonly bucket: Bucket

  constructor(scope: Construct, id: string, config: SluiceConfig) {
    super(scope, id)
    this.bucket = new Bucket(this, 'bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // What is overwritten or deleted by mistake can be had back for a month.
      versioned: true,
      removalPolicy: isProduction(config) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      lifecycleRules: [
        {
          prefix: 'inputs/',
          transitions: [{ storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(30) }],
          expiration: Duration.days(KEPT_DAYS),
        },
        {
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    })
  }
}
