import * as z from 'zod'
import { type AccountRef, type PlatformId, parseAccountKey } from '../../lib/model/account.ts'

/** How accounts of a platform are reached: which secret, and where its version or address is not the usual one. */
export interface Connection {
  /** `platform:id` for one account, `platform:*` for all others of the platform. */
  readonly account: string
  /** Name or ARN of the secret that holds the credentials; never the credentials. */
  readonly secret: string
  readonly apiVersion?: string | undefined
  /**
   * Names the application (developer token, app id) that the secret belongs to, where there are several: what counts
   * requests together shares one name. Secrets for reading and for writing are usually of one application.
   */
  readonly application?: string | undefined
  /** What the platform allows these credentials, in its own words: `standard`, `basic` … Its usual one unless told otherwise. */
  readonly accessLevel?: string | undefined
  /** Names by which the platform's change history shows Sluice's own credentials: an e-mail address, an application. */
  readonly ourActors?: readonly string[] | undefined
  /** Other addresses, by the platform's own names for them; its adapter refuses all but its own and loopback. */
  readonly endpoints?: Readonly<Record<string, string>> | undefined
}

function isAccountOrAll(text: string): boolean {
  try {
    parseAccountKey(text.replace(/:\*$/, ':0'))
    return true
  } catch {
    return false
  }
}

/** Account and secret as they may be written; CDK checks its configuration with the same two. */
export const accountPattern = z
  .string()
  .refine(isAccountOrAll, 'write it as platform:id or platform:*, such as meta:1234567890')
export const secretName = z
  .string()
  .regex(/^[A-Za-z0-9/_+=.@:-]{1,512}$/, 'write the name or ARN of a secret in Secrets Manager')
  .refine(
    (name) => !/^(EAA|ya29\.|1\/\/|GOCSPX-)/.test(name),
    'this looks like a credential: store it, and name it here',
  )

export const applicationName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'write letters, digits, dots and dashes, such as agency-app')

const connectionSchema = z.strictObject({
  account: accountPattern,
  secret: secretName,
  apiVersion: z.string().optional(),
  application: applicationName.optional(),
  accessLevel: z.string().optional(),
  ourActors: z.array(z.string().min(1)).optional(),
  endpoints: z.record(z.string(), z.string()).optional(),
})

/** Each pattern once, so that it is never a question which secret an account is reached with. */
export const connectionsSchema = z.array(connectionSchema).superRefine((connections, context) => {
  for (const [index, { account }] of connections.entries())
    if (connections.findIndex((one) => one.account === account) < index)
      context.addIssue({ code: 'custom', path: [index, 'account'], message: `"${account}" is there twice: keep one` })
})

export const connectionsOf = (connections: readonly Connection[], platform: PlatformId): readonly Connection[] =>
  connections.filter(({ account }) => account.startsWith(`${platform}:`))

/**
 * The account's own connection, else its platform's.
 * @throws RangeError when there is neither
 */
export function connectionFor(connections: readonly Connection[], { platform, id }: AccountRef): Connection {
  const found =
    connections.find(({ account }) => account === `${platform}:${id}`) ??
    connections.find(({ account }) => account === `${platform}:*`)
  if (!found) throw new RangeError(`no connection for ${platform}:${id}: add it, or ${platform}:*, to the connections`)
  return found
}
