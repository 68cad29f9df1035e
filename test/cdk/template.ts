import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { readConfig } from '../../cdk/config.ts'
import { SluiceStack } from '../../cdk/sluice-stack.ts'

export const CONNECTIONS = ['google-ads', 'meta'].map((platform) => ({
  account: `${platform}:*`,
  readSecret: `sluice/${platform}/read`,
  writeSecret: `sluice/${platform}/write`,
}))

/** The stack of a stage, with nothing bundled. */
export function stackOf(
  stage: string,
  connections: readonly object[] = CONNECTIONS,
  alarmEmail?: string,
  more: object = {},
): SluiceStack {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] }, analyticsReporting: false })
  return new SluiceStack(app, 'sluice', { config: readConfig({ stage, connections, ...more }, undefined, alarmEmail) })
}

export const templateOf = (...of: Parameters<typeof stackOf>): Template => Template.fromStack(stackOf(...of))

export interface Resource {
  readonly Type: string
  readonly Properties: Record<string, unknown>
  readonly DeletionPolicy?: string
}

export const resourcesOf = (template: Template): Readonly<Record<string, Resource>> => template.toJSON().Resources

export interface Statement {
  readonly effect: string
  readonly actions: readonly string[]
  /** What a resource is, as text: CloudFormation's references written `${LogicalId}`. */
  readonly resources: readonly string[]
}

/** Every statement that is attached to a function's or the Scheduler's role, by the role's logical id. */
export function statementsByRole(template: Template): ReadonlyMap<string, readonly Statement[]> {
  const policies = Object.values(resourcesOf(template)).filter(({ Type }) => Type === 'AWS::IAM::Policy')
  const byRole = new Map<string, readonly Statement[]>()
  for (const { Properties } of policies) {
    const { Statement } = Properties.PolicyDocument as { Statement: RawStatement[] }
    for (const { Ref } of Properties.Roles as { Ref: string }[])
      byRole.set(Ref, [...(byRole.get(Ref) ?? []), ...Statement.map(plain)])
  }
  return byRole
}

interface RawStatement {
  readonly Effect: string
  readonly Action: string | string[]
  readonly Resource: unknown
}

const plain = ({ Effect, Action, Resource }: RawStatement): Statement => ({
  effect: Effect,
  actions: [Action].flat(),
  resources: (Array.isArray(Resource) ? Resource : [Resource]).map(text),
})

/** A CloudFormation value as text. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value
  const [[name, argument] = ['', '']] = Object.entries(value as Record<string, unknown>)
  if (name === 'Ref') return `\${${argument}}`
  if (name === 'Fn::GetAtt') return `\${${(argument as string[]).join('.')}}`
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]]
    return parts.map(text).join(separator)
  }
  return JSON.stringify(value)
}

/** The logical id of the role of a function. */
export function roleOf(template: Template, functionName: string): string {
  const [lambda] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: functionName } }),
  )
  if (!lambda) throw new Error(`no function ${functionName} in the template`)
  return lambda.Properties.Role['Fn::GetAtt'][0]
}
