import type { LambdaName } from '../functions/composition/lambdas.ts'
import { type Lane, QUEUES, type QueueName } from '../functions/composition/routes.ts'
import type { TableName } from '../lib/store/tables.ts'

type TableAccess = 'none' | 'read' | 'write' | 'write-money' | 'write-batches'

/** The credentials of the platforms of which functions, and for what. */
export interface SecretKind {
  readonly lane: Lane
  readonly kind: 'read' | 'write'
}

/** What one function may do, beside receiving from its own queue and writing to its own log. */
export interface Permissions {
  readonly tables: Readonly<Record<Exclude<TableName, 'audit'>, TableAccess>>
  /**
   * Appending to the audit trail. Updates and deletes are denied to all; that a put is of a new key no role can demand, only
   * the condition that every append carries.
   */
  readonly appendsAudit: boolean
  /** Reading it: only who compares it with the state. */
  readonly readsAudit?: true
  readonly sendsTo: readonly QueueName[]
  readonly secret?: SecretKind
  /** Storing the inputs of plans, and reading the exchange rates beside them. */
  readonly archives: boolean
  /** Reading and replacing the exchange rates, and nothing else in that bucket. */
  readonly keepsRates?: true
}

/** Where the archive keeps inputs. */
export const INPUTS_PREFIX = 'inputs/'

/** Corrections are asked of plan; schedules of budgets, where a platform has them, of act. */
const pulling = (lane: Lane, sendsTo: readonly QueueName[]): Permissions => ({
  tables: { control: 'write-money', facts: 'write-batches' },
  appendsAudit: true,
  sendsTo,
  secret: { lane, kind: 'read' },
  archives: false,
})

/** It asks for a pull where somebody has moved a budget since the last one. */
const verifying = (lane: Lane, pull: QueueName): Permissions => ({
  tables: { control: 'write-money', facts: 'read' },
  appendsAudit: true,
  readsAudit: true,
  sendsTo: [pull],
  secret: { lane, kind: 'read' },
  archives: false,
})

/** It reads spend, and writes what it asks act to push: cuts and pauses leave by act's credentials, never by its own. */
const guarding = (lane: Lane, act: QueueName): Permissions => ({
  tables: { control: 'write-batches', facts: 'write-batches' },
  appendsAudit: true,
  sendsTo: [act],
  secret: { lane, kind: 'read' },
  archives: false,
})

const acting = (lane: Lane, queue: QueueName): Permissions => ({
  tables: { control: 'write-money', facts: 'read' },
  appendsAudit: true,
  sendsTo: [queue],
  secret: { lane, kind: 'write' },
  archives: false,
})

export const PERMISSIONS: Readonly<Record<LambdaName, Permissions>> = {
  dispatch: {
    tables: { control: 'read', facts: 'none' },
    appendsAudit: false,
    sendsTo: QUEUES,
    archives: false,
  },
  rates: {
    tables: { control: 'none', facts: 'none' },
    appendsAudit: false,
    sendsTo: [],
    archives: false,
    keepsRates: true,
  },
  pull: pulling('shared', ['plan', 'act']),
  verify: verifying('shared', 'pull'),
  act: acting('shared', 'act'),
  guard: guarding('shared', 'act'),
  'pull-google-ads': pulling('google-ads', ['plan']),
  'verify-google-ads': verifying('google-ads', 'pull-google-ads'),
  'act-google-ads': acting('google-ads', 'act-google-ads'),
  'guard-google-ads': guarding('google-ads', 'act-google-ads'),
  plan: {
    tables: { control: 'write-batches', facts: 'read' },
    appendsAudit: true,
    sendsTo: ['act', 'act-google-ads'],
    archives: true,
  },
  score: {
    tables: { control: 'write', facts: 'read' },
    appendsAudit: false,
    sendsTo: [],
    archives: false,
  },
}

const READS = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'] as const
const WRITES = [...READS, 'dynamodb:PutItem', 'dynamodb:UpdateItem'] as const

/**
 * A transaction needs the permissions of the writes in it, and no other. Nothing here deletes: what ages expires, and
 * freezes are lifted by people. Batches write plans and facts, never money.
 */
export const TABLE_ACTIONS: Readonly<Record<TableAccess, readonly string[]>> = {
  none: [],
  read: READS,
  write: WRITES,
  // Money is written only while the plan is approved that it is for, and while the next day is not open.
  'write-money': [...WRITES, 'dynamodb:ConditionCheckItem'],
  'write-batches': [...WRITES, 'dynamodb:BatchWriteItem'],
}

/** Platforms that issue a new refresh token with every use of the old one: who reads those secrets replaces them. */
export const RENEWED_SECRETS: readonly string[] = ['pinterest']
export const SECRET_REPLACE = ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'] as const

export const AUDIT_APPEND = ['dynamodb:PutItem'] as const
export const AUDIT_READ = ['dynamodb:GetItem', 'dynamodb:Query'] as const
/** Denied, so that no statement added later can allow it. */
export const AUDIT_DENIED = [
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PartiQLDelete',
  'dynamodb:DeleteTable',
] as const
