import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Secrets } from '../../lib/ports/secrets.ts'
import { awsSecrets } from '../../lib/store/aws-secrets.ts'
import { AWS_CLIENT } from './aws.ts'
import { systemClock } from './clock.ts'
import type { Connection } from './connections.ts'

/** The secrets of this deployment, cached for minutes. */
export const lambdaSecrets = (): Secrets =>
  awsSecrets({ client: new SecretsManagerClient(AWS_CLIENT), clock: systemClock })

/** @throws RangeError for another version than the only one that the platform's adapter speaks */
export function checkVersion({ account, apiVersion }: Connection, only: string): void {
  if (apiVersion !== undefined && apiVersion !== only)
    throw new RangeError(`connection ${account}: apiVersion "${apiVersion}" is unknown, use ${only} or leave it out`)
}

/** @throws RangeError for an address under a name that the platform does not have */
export function endpointsOf(
  { account, endpoints = {} }: Connection,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const unknown = Object.keys(endpoints).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new RangeError(`connection ${account}: endpoint "${unknown}" is unknown, use ${names.join(' and ')}`)
  return endpoints
}
