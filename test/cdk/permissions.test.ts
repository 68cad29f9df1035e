import { describe, expect, test } from 'vitest'
import { LAMBDAS, type LambdaName } from '../../functions/composition/lambdas.ts'
import { resourcesOf, roleOf, type Statement, statementsByRole, templateOf } from './template.ts'

const template = templateOf('prod')
const statements = statementsByRole(template)
const names = Object.keys(LAMBDAS) as LambdaName[]

const of = (name: LambdaName): readonly Statement[] => statements.get(roleOf(template, `sluice-prod-${name}`))!
const allowed = (name: LambdaName): readonly Statement[] => of(name).filter(({ effect }) => effect === 'Allow')
/** The actions allowed on resources whose text contains `resource`. */
const actionsOn = (name: LambdaName, resource: string): readonly string[] =>
  allowed(name)
    .filter(({ resources }) => resources.some((one) => one.includes(resource)))
    .flatMap(({ actions }) => actions)
    .toSorted()

/** Wildcards that stand in an Allow, each with the reason why nothing narrower will do. */
const REASONS: readonly { readonly resource: RegExp; readonly reason: string }[] = [
  {
    resource: /:secret:sluice\/(google-ads|meta)\/(read|write)-\?{6}$/,
    reason: 'Secrets Manager ends an ARN with six characters of its own, which a name does not tell',
  },
  {
    resource: /^\$\{archivebucket\w+\.Arn\}\/inputs\/\*$/,
    reason: 'inputs are named by the hash of their content, which is not known before',
  },
]

describe('every role', () => {
  test('belongs to one function or to a schedule', () => {
    const roles = Object.values(resourcesOf(template)).filter(({ Type }) => Type === 'AWS::IAM::Role')
    // Two schedules.
    expect(roles).toHaveLength(names.length + 2)
    expect(new Set(names.map((name) => roleOf(template, `sluice-prod-${name}`))).size).toBe(names.length)
  })
  test("has no policy of AWS's own, which are all too wide", () => {
    const roles = Object.values(resourcesOf(template)).filter(({ Type }) => Type === 'AWS::IAM::Role')
    for (const { Properties } of roles) expect(Properties).not.toHaveProperty('ManagedPolicyArns')
  })
  test('allows no action with a wildcard', () => {
    const actions = [...statements.values()].flat().flatMap((one) => one.actions)
    expect(actions.filter((action) => /[*?]/.test(action))).toEqual([])
  })
  test('allows no resource with a wildcard, except for a reason written here', () => {
    const resources = [...statements.values()]
      .flat()
      .filter(({ effect }) => effect === 'Allow')
      .flatMap((one) => one.resources)
    const wild = resources.filter((resource) => /[*?]/.test(resource))
    expect(wild.filter((resource) => !REASONS.some((one) => one.resource.test(resource)))).toEqual([])
    expect(wild.length).toBeGreaterThan(0)
  })
  test('may be taken on by its service only', () => {
    const roles = Object.values(resourcesOf(template)).filter(({ Type }) => Type === 'AWS::IAM::Role')
    const services = roles.map(({ Properties }) => JSON.stringify(Properties.AssumeRolePolicyDocument))
    expect(services.filter((text) => !/"Service":"(lambda|scheduler)\.amazonaws\.com"/.test(text))).toEqual([])
  })
})

describe('the audit trail', () => {
  test.each(names)('cannot be changed or deleted from by %s', (name) => {
    expect(of(name)).toContainEqual({
      effect: 'Deny',
      actions: [
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:PartiQLUpdate',
        'dynamodb:PartiQLDelete',
        'dynamodb:DeleteTable',
      ],
      resources: [expect.stringMatching(/^\$\{tablesaudit\w+\.Arn\}$/)],
    })
  })
  test.each(names)('takes nothing but puts from %s, and is read by verify alone', (name) => {
    const looksOnly = name === 'dispatch' || name === 'score' || name === 'rates'
    const reads = name.startsWith('verify') ? ['dynamodb:GetItem', 'dynamodb:Query'] : []
    expect(actionsOn(name, 'tablesaudit')).toEqual([...reads, ...(looksOnly ? [] : ['dynamodb:PutItem'])].toSorted())
  })
})

describe('secrets', () => {
  const secretsOf = (name: LambdaName): readonly string[] =>
    allowed(name)
      .filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'))
      .flatMap(({ resources }) => resources)
      .map((resource) => resource.replace(/^.*:secret:/, ''))

  test.each<[LambdaName, readonly string[]]>([
    ['dispatch', []],
    ['plan', []],
    ['score', []],
    ['pull', ['sluice/meta/read-??????']],
    ['verify', ['sluice/meta/read-??????']],
    ['act', ['sluice/meta/write-??????']],
    ['pull-google-ads', ['sluice/google-ads/read-??????']],
    ['verify-google-ads', ['sluice/google-ads/read-??????']],
    ['act-google-ads', ['sluice/google-ads/write-??????']],
  ])('that %s may read are %j', (name, secrets) => {
    expect(secretsOf(name)).toEqual(secrets)
  })
  test('are replaced by who reads them where a platform renews them with each use, and nowhere else', () => {
    const both = ['meta', 'pinterest'].map((platform) => ({
      account: `${platform}:*`,
      readSecret: `sluice/${platform}/read`,
      writeSecret: `sluice/${platform}/write`,
    }))
    const renewing = templateOf('dev', both)
    const replaced = (name: LambdaName) =>
      statementsByRole(renewing)
        .get(roleOf(renewing, `sluice-dev-${name}`))!
        .filter(({ actions }) => actions.includes('secretsmanager:PutSecretValue'))
    expect(replaced('pull')).toEqual([
      {
        effect: 'Allow',
        actions: ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
        resources: [expect.stringMatching(/:secret:sluice\/pinterest\/read-\?{6}$/)],
      },
    ])
    expect(replaced('act')[0]!.resources).toEqual([expect.stringMatching(/pinterest\/write/)])
    expect(replaced('pull-google-ads')).toEqual([])
  })
  test('given by their whole ARN are allowed by it and nothing wider', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:meta-read-AbCdEf'
    const named = templateOf('dev', [{ account: 'meta:*', readSecret: arn, writeSecret: 'meta/write' }])
    const pull = statementsByRole(named).get(roleOf(named, 'sluice-dev-pull'))!
    expect(pull.find(({ actions }) => actions.includes('secretsmanager:GetSecretValue'))!.resources).toEqual([arn])
  })
})

describe('what a function may do with', () => {
  const READ = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query']
  const WRITE = [...READ, 'dynamodb:PutItem', 'dynamodb:UpdateItem'].toSorted()
  /** Only while the plan is approved, and the next day not open. */
  const MONEY = [...WRITE, 'dynamodb:ConditionCheckItem'].toSorted()
  const BATCH = [...WRITE, 'dynamodb:BatchWriteItem'].toSorted()

  test.each<[LambdaName, readonly string[], readonly string[]]>([
    ['dispatch', READ, []],
    ['plan', BATCH, READ],
    ['score', WRITE, READ],
    ['pull', MONEY, BATCH],
    ['verify', MONEY, READ],
    ['act', MONEY, READ],
    ['pull-google-ads', MONEY, BATCH],
    ['verify-google-ads', MONEY, READ],
    ['act-google-ads', MONEY, READ],
  ])('tables: %s', (name, control, facts) => {
    expect(actionsOn(name, 'tablescontrol')).toEqual(control)
    expect(actionsOn(name, 'tablesfacts')).toEqual(facts)
  })
  test('the archive: planning alone stores inputs and reads rates, and nobody reads inputs back', () => {
    for (const name of names.filter((one) => one !== 'rates'))
      expect(actionsOn(name, 'archivebucket')).toEqual(name === 'plan' ? ['s3:GetObject', 's3:PutObject'] : [])
    expect(actionsOn('plan', '/rates/rates.csv')).toEqual(['s3:GetObject'])
  })
  test('the archive: the rates function replaces the one object with the rates, and does nothing else anywhere', () => {
    expect(allowed('rates').filter(({ actions }) => !actions.some((action) => action.startsWith('logs:')))).toEqual([
      {
        effect: 'Allow',
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [expect.stringMatching(/^\$\{archivebucket\w+\.Arn\}\/rates\/rates\.csv$/)],
      },
    ])
  })
  test('queues: each worker receives from its own', () => {
    for (const name of names.filter((one) => one !== 'dispatch' && one !== 'rates')) {
      const received = allowed(name).filter(({ actions }) => actions.includes('sqs:ReceiveMessage'))
      const own = new RegExp(`^\\$\\{${name.replaceAll('-', '')}queuelive\\w+\\.Arn\\}$`)
      expect(received.flatMap(({ resources }) => resources)).toEqual([expect.stringMatching(own)])
    }
  })
  test.each([
    ['ticks', 'dispatch'],
    ['ratesschedule', 'rates'],
  ])('the Scheduler, %s: invoke %s and put aside what it could not', (construct, invoked) => {
    const role = [...statements.keys()].find((id) => id.startsWith(construct))!
    expect(statements.get(role)).toEqual([
      {
        effect: 'Allow',
        actions: ['lambda:InvokeFunction'],
        resources: [expect.stringMatching(new RegExp(`^\\$\\{${invoked}function\\w+\\.Arn\\}$`))],
      },
      {
        effect: 'Allow',
        actions: ['sqs:SendMessage'],
        resources: [expect.stringMatching(/^\$\{ticksmissed\w+\.Arn\}$/)],
      },
    ])
  })
})
