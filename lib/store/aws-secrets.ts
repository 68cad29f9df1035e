import { randomUUID } from 'node:crypto'
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import type { Clock } from '../ports/clock.ts'
import type { Secrets } from '../ports/secrets.ts'
import { type Instant, later } from '../units/calendar.ts'
import { checkedName, checkedSecret } from './secret-text.ts'

/** A rotated secret is in use after five minutes at the latest; sooner where the platform refuses the old one. */
export const CACHED_MS_MAX = 300_000

/**
 * Where a new version waits until it takes the place of the current one. One label for all: it moves on to the next
 * version, so that those which lost are without any and Secrets Manager clears them away.
 */
const PENDING = 'SLUICEPENDING'
const CURRENT = 'AWSCURRENT'

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
  const remember = (name: string, text: Promise<string>): Promise<string> => {
    const entry = { text, until: later(clock.now(), CACHED_MS_MAX) }
    cache.set(name, entry)
    // A failure is not remembered.
    text.catch(() => cache.get(name) === entry && cache.delete(name))
    return text
  }
  const fetched = async (name: string) => (await currentVersion(client, name)).text
  return {
    async read(name, fresh = false) {
      const cached = cache.get(checkedName(name))
      if (cached && !fresh && clock.now() < cached.until) return cached.text
      return remember(name, fetched(name))
    },
    async replace(name, was, text) {
      // Whatever becomes of it, what is in memory may be the old one.
      cache.delete(checkedName(name))
      return replaceVersion(client, name, was, checkedSecret(name, text))
    },
  }
}

interface Version {
  readonly id: string
  readonly text: string
}

async function currentVersion(client: SecretsManagerClient, name: string): Promise<Version> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: name })).catch((error: unknown) => {
    throw new Error(`secret "${name}" cannot be read: ${nameOf(error)}`)
  })
  if (answer.SecretString === undefined) throw new Error(`secret "${name}" holds no text: store it as JSON`)
  return { id: answer.VersionId ?? '', text: checkedSecret(name, answer.SecretString) }
}

/** Only what it is called: a message could quote the content. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown failure')

/**
 * A new version waits beside the current one, and then the label moves from the version that was read to it: Secrets
 * Manager refuses that when the label is on another version by then.
 */
async function replaceVersion(client: SecretsManagerClient, name: string, was: string, text: string): Promise<boolean> {
  const before = await currentVersion(client, name)
  if (before.text !== was) return false
  const id = randomUUID()
  const put = { SecretId: name, ClientRequestToken: id, SecretString: text, VersionStages: [PENDING] }
  await client.send(new PutSecretValueCommand(put)).catch((error: unknown) => {
    throw new Error(`secret "${name}" cannot be replaced: ${nameOf(error)}`)
  })
  const move = { SecretId: name, VersionStage: CURRENT, MoveToVersionId: id, RemoveFromVersionId: before.id }
  try {
    await client.send(new UpdateSecretVersionStageCommand(move))
    return true
  } catch (error) {
    // A refusal can also mean that a first try had moved it, and its answer was lost.
    const now = await currentVersion(client, name)
    if (now.id === id) return true
    if (now.id !== before.id) return false
    throw new Error(`secret "${name}" cannot be replaced: ${nameOf(error)}`)
  }
}
