/**
 * As much of Secrets Manager as replacing a secret needs, with its rules for labels: one version has each of them, and
 * AWSCURRENT moves only away from the version that is named.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

export type Action = 'GetSecretValue' | 'PutSecretValue' | 'UpdateSecretVersionStage'

interface Refusal {
  readonly refused: string
}
type Body = Readonly<Record<string, unknown>>

class Versions {
  readonly texts = new Map<string, string>()
  readonly labels = new Map<string, string>()

  constructor(first: string) {
    this.setCurrent(first)
  }

  setCurrent(content: string): void {
    const id = `v${this.texts.size + 1}`
    this.texts.set(id, content)
    this.labels.set('AWSCURRENT', id)
  }

  current(): string {
    return this.texts.get(this.labels.get('AWSCURRENT') ?? '') ?? ''
  }

  answer(action: Action, asked: Record<string, unknown>): Body | Refusal {
    if (action === 'GetSecretValue') return { VersionId: this.labels.get('AWSCURRENT'), SecretString: this.current() }
    if (action === 'PutSecretValue') {
      this.texts.set(String(asked.ClientRequestToken), String(asked.SecretString))
      for (const label of asked.VersionStages as string[]) this.labels.set(label, String(asked.ClientRequestToken))
      return { VersionId: asked.ClientRequestToken }
    }
    const label = String(asked.VersionStage)
    if (this.labels.get(label) !== asked.RemoveFromVersionId) return { refused: 'InvalidParameterException' }
    this.labels.set(label, String(asked.MoveToVersionId))
    return {}
  }
}

export async function startSecretsManager(first: string) {
  const versions = new Versions(first)
  const actions: Action[] = []
  const refusals = new Map<Action, string>()
  const hooks = new Map<Action, () => void>()
  const lost = new Set<Action>()
  const server = createServer(async (request, response) => {
    const action = String(request.headers['x-amz-target']).split('.').at(-1) as Action
    const asked = JSON.parse(await text(request)) as Record<string, unknown>
    actions.push(action)
    hooks.get(action)?.()
    const refused = refusals.get(action)
    const answer = refused ? { refused } : versions.answer(action, asked)
    if (lost.delete(action)) return request.socket.destroy()
    const isRefused = 'refused' in answer
    response.writeHead(isRefused ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
    return response.end(JSON.stringify(isRefused ? { __type: answer.refused, message: 'no' } : answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  return {
    client,
    actions,
    current: () => versions.current(),
    setCurrent: (content: string) => versions.setCurrent(content),
    /** Runs before every such request is carried out. */
    before: (action: Action, run: () => void) => hooks.set(action, run),
    refuse: (action: Action, name: string) => refusals.set(action, name),
    /** The next such request is carried out, and its answer lost. */
    loseAnswer: (action: Action) => lost.add(action),
    async close(): Promise<void> {
      client.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
