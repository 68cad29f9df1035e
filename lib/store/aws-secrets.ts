import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Clock } from '../ports/clock.ts'
import type { Secrets } from '../ports/secrets.ts'
import { type Instant, later } from '../units/calendar.ts'
import { checkedName, checkedSecret } from './secret-text.ts'

/** A rotated secret is in use after five minutes at the latest; sooner where the platform refuses the old one. */
export const CACHED_MS_MAX = 300_000

export interface AwsSecretsOptions {
  readonly client: SecretsManagerClient
  readonly clock: Clock
}

interface Cached {
  readonly text: Promise<string>
  readonly until: Instant
}

/** Secrets Manager, with a cache in memory. Those who ask for the same secret at a time share one request. */
export function awsSecrets({ client, clock }: AwsSecretsOptions): Secrets {
  const cache = new Map<string, Cached>()
  return {
    async read(name, fresh = false) {
      const cached = cache.get(checkedName(name))
      if (cached && !fresh && clock.now() < cached.until) return cached.text
      const text = fetchSecret(client, name)
      const entry = { text, until: later(clock.now(), CACHED_MS_MAX) }
      cache.set(name, entry)
      // A failure is not remembered.
      text.catch(() => cache.get(name) === entry && cache.delete(name))
      return text
    },
  }
}

async function fetchSecret(client: SecretsManagerClient, name: string): Promise<string> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: name })).catch((error: unknown) => {
    const reason = error instanceof Error ? error.name : 'unknown failure'
    throw new Error(`secret "${name}" cannot be read: ${reason}`)
  })
  if (answer.SecretString === undefined) throw new Error(`secret "${name}" holds no text: store it as JSON`)
  return checkedSecret(name, answer.SecretString)
}
