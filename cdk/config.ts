import * as z from 'zod'
import { accountPattern, applicationName, secretName } from '../functions/composition/connections.ts'
import { SERVED_PLATFORMS } from '../functions/composition/routes.ts'

/** One deployment, as the key `sluice` of the context in cdk.json describes it. */
export interface SluiceConfig {
  /** Names the deployment; `prod` keeps its data against deletion. */
  readonly stage: string
  readonly connections: readonly ConnectionConfig[]
  /** Who is told of alarms; without it nobody is. */
  readonly alarmEmail?: string | undefined
  /** How the shop's orders come in: files in the bucket, and signed requests where a secret is named; absent: neither. */
  readonly orders?: { readonly secret?: string | undefined } | undefined
  /** Platforms that Sluice has no adapter of its own for: an installed package each, or a file, from the root of this repository. */
  readonly adapters?: Readonly<Record<string, string>> | undefined
}

export interface ConnectionConfig {
  /** `platform:id`, or `platform:*` for all accounts of the platform that are not named. */
  readonly account: string
  /** Name or complete ARN of the secret for reading. */
  readonly readSecret: string
  /** Name or complete ARN of the secret for changing anything; only the act functions may read it. */
  readonly writeSecret: string
  readonly apiVersion?: string | undefined
  /** Names the application of both secrets, where a platform is reached with several: each has limits of its own. */
  readonly application?: string | undefined
  /** What the platform allows the application, in its own words, such as `standard`; it decides how many requests are sent. */
  readonly accessLevel?: string | undefined
  /** How the platform's change history names these credentials, so that Sluice's own changes are told from others'. */
  readonly ourActors?: readonly string[] | undefined
}

const connectionSchema = z
  .strictObject({
    account: accountPattern,
    readSecret: secretName,
    writeSecret: secretName,
    apiVersion: z.string().optional(),
    application: applicationName.optional(),
    accessLevel: z.string().min(1).optional(),
    ourActors: z.array(z.string().min(1)).optional(),
  })
  .refine(({ readSecret, writeSecret }) => readSecret !== writeSecret, {
    path: ['writeSecret'],
    message: 'must be another secret than readSecret: what only reads must not hold what can spend',
  })

const configSchema = z
  .strictObject({
    stage: z.string().regex(/^[a-z][a-z0-9]{0,15}$/, 'write lower-case letters and digits, such as prod'),
    connections: z.array(connectionSchema).min(1, 'name at least one account to connect to'),
    alarmEmail: z.email('write one address, such as oncall@example.com').optional(),
    orders: z.strictObject({ secret: secretName.optional() }).optional(),
    adapters: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'write a platform’s name, such as reddit'), z.string().min(1))
      .optional(),
  })
  .superRefine(({ connections, adapters = {} }, context) => {
    const platforms = [...SERVED_PLATFORMS, ...Object.keys(adapters)]
    const unknown = (message: string, path: readonly (string | number)[]) =>
      context.addIssue({ code: 'custom', path: [...path], message })
    for (const own of SERVED_PLATFORMS)
      if (own in adapters)
        unknown('Sluice has an adapter of its own for it, which cannot be replaced', ['adapters', own])
    for (const [index, { account }] of connections.entries())
      if (!platforms.some((platform) => account.startsWith(`${platform}:`)))
        unknown(`the platform must be one of ${platforms.join(', ')}, or named under adapters`, [
          'connections',
          index,
          'account',
        ])
  })

/**
 * @param context the value of the context key `sluice`
 * @param stage another stage than the one written there (`cdk deploy -c stage=prod`)
 * @param alarmEmail another address than the one written there (`cdk deploy -c alarmEmail=oncall@example.com`)
 * @throws Error that names every field that is wrong
 */
export function readConfig(context: unknown, stage?: unknown, alarmEmail?: unknown): SluiceConfig {
  const typed = Object.entries({ stage, alarmEmail }).filter(([, value]) => value !== undefined)
  const given = typed.length === 0 ? context : { ...(context as object), ...Object.fromEntries(typed) }
  const parsed = configSchema.safeParse(given)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${['sluice', ...path].join('.')}: ${message}`)
    throw new Error(`the configuration in cdk.json is wrong:\n  ${faults.join('\n  ')}`)
  }
  const accounts = parsed.data.connections.map(({ account }) => account)
  const twice = accounts.find((account, index) => accounts.indexOf(account) < index)
  if (twice !== undefined) throw new Error(`sluice.connections: "${twice}" is there twice, keep one`)
  return parsed.data
}

/** What every physical name of the deployment starts with. */
export const prefixOf = ({ stage }: SluiceConfig): string => `sluice-${stage}`
export const isProduction = ({ stage }: SluiceConfig): boolean => stage === 'prod'
