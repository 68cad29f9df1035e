/** Mutate requests: check every operation, then apply all of them, or under partial failure those that pass. */
import type { WorldActor } from '../../world.ts'
import { CATALOGUE } from './catalogue.ts'
import { fault, type GoogleAdsErrorJson, GoogleFault, statusForError } from './failure.ts'
import { snake } from './field.ts'
import { checkAdGroup } from './mutate-ad-group.ts'
import { checkBudget } from './mutate-budget.ts'
import { checkCampaign } from './mutate-campaign.ts'
import { checkCriterion } from './mutate-criterion.ts'
import { checkEvent } from './mutate-event.ts'
import {
  beyondThisWorld,
  type Checked,
  isPlanned,
  type Mistake,
  type MutableKind,
  type MutateContext,
  mistake,
  notFound,
  type Operation,
  type Planned,
} from './mutate-types.ts'
import { type Json, renderer } from './render.ts'
import { rowsOf } from './resources.ts'

const MAX_OPERATIONS = 10_000

export interface MutateRequest {
  readonly operations: readonly Operation[]
  readonly partialFailure: boolean
  readonly validateOnly: boolean
  readonly mutableResource: boolean
  /** `googleAds:mutate`, whose operations may be of several kinds. */
  readonly mixed: boolean
}

export interface MutateOutcome {
  /** One for each operation, in order; nothing for a failed one. Empty when only validating. */
  readonly results: readonly (MutateResult | undefined)[]
  readonly errors: readonly GoogleAdsErrorJson[]
}

export interface MutateResult {
  readonly kind: MutableKind
  readonly resourceName: string
  readonly resource?: Json
}

const CHECKS: Readonly<Record<MutableKind, (context: MutateContext, operation: Operation) => Checked>> = {
  campaignBudget: checkBudget,
  campaign: checkCampaign,
  campaignCriterion: checkCriterion,
  adGroup: checkAdGroup,
  biddingStrategy: (_, { verb, resource }) =>
    verb === 'create' ? [beyondThisWorld('create bidding strategies')] : [notFound(resource.resourceName)],
  biddingSeasonalityAdjustment: (context, operation) => checkEvent('adjustment', context, operation),
  biddingDataExclusion: (context, operation) => checkEvent('exclusion', context, operation),
}

/** @throws GoogleFault when the request as a whole is refused; BadRequest for values of the wrong JSON type */
export function mutate(context: MutateContext, request: MutateRequest, actor: WorldActor): MutateOutcome {
  checkRequest(context, request)
  const checked = checkAll(context, request.operations)
  const errors = checked.flatMap((c, i) => (isPlanned(c) ? [] : c.map((m) => locate(m, i, request))))
  if (errors.length > 0 && !request.partialFailure) throw new GoogleFault(statusForError(errors[0]!), errors)
  if (request.validateOnly) return { results: [], errors }
  const results = checked.map((c, i) =>
    isPlanned(c) ? carryOut(context, c, request.operations[i]!, request.mutableResource, actor) : undefined,
  )
  return { results, errors }
}

function checkRequest({ view, account }: MutateContext, { operations }: MutateRequest): void {
  if (operations.length === 0)
    throw fault('requestError', 'REQUIRED_FIELD_MISSING', 'A mutate request needs at least one operation.')
  if (operations.length > MAX_OPERATIONS)
    throw fault('requestError', 'TOO_MANY_MUTATE_OPERATIONS', `At most ${MAX_OPERATIONS} operations a request.`)
  if (account.status === 'suspended')
    throw fault('authorizationError', 'ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT', 'The account is suspended.')
  if (account.id === view.loginCustomerId)
    throw fault('requestError', 'CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT', 'A manager account has no campaigns.')
}

/** Each operation against the account as it is; two on one resource are a mistake of the later. */
function checkAll(context: MutateContext, operations: readonly Operation[]): readonly Checked[] {
  const seen = new Set<string>()
  return operations.map((operation) => {
    if (context.view.euDeclarationMissing(context.account)) return [euMistake()]
    const name = operation.verb === 'create' ? '' : String(operation.resource.resourceName ?? '')
    const again = name !== '' && seen.has(name)
    seen.add(name)
    return again ? [twiceMistake(name)] : CHECKS[operation.kind](context, operation)
  })
}

const euMistake = (): Mistake =>
  mistake(
    'mutateError',
    'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED',
    'The account has campaigns without a declaration on EU political advertising.',
  )

const twiceMistake = (name: string): Mistake =>
  mistake('mutateError', 'ID_EXISTS_IN_MULTIPLE_MUTATES', 'Two operations of the request are on one resource.', [], {
    trigger: { stringValue: name },
  })

function locate({ error, path }: Mistake, index: number, { mixed, operations }: MutateRequest): GoogleAdsErrorJson {
  const list = { fieldName: mixed ? 'mutate_operations' : 'operations', index }
  const own = mixed ? [`${snake(operations[index]!.kind)}_operation`] : []
  const rest = [...own, ...path].map((fieldName) => ({ fieldName }))
  return { ...error, location: { fieldPathElements: [list, ...rest] } }
}

function carryOut(
  context: MutateContext,
  planned: Planned,
  { kind }: Operation,
  mutableResource: boolean,
  actor: WorldActor,
): MutateResult {
  for (const edit of planned.edits) context.view.world.apply(edit, actor)
  planned.apply?.()
  const resourceName = planned.resourceName()
  const resource = mutableResource ? mutableFields(context, kind, resourceName) : undefined
  return { kind, resourceName, ...(resource ? { resource } : {}) }
}

/** The resource as it is now, with those fields that can be changed. */
function mutableFields({ view, account }: MutateContext, kind: MutableKind, resourceName: string): Json | undefined {
  const resource = snake(kind)
  const fields = [...CATALOGUE.values()].filter((f) => f.resource === resource && !f.traits.has('output'))
  const name = CATALOGUE.get(`${resource}.resource_name`)
  const render = renderer(fields)
  for (const row of rowsOf(resource, view, account))
    if (name?.read(row) === resourceName) return render(row)[kind] as Json | undefined
  return undefined
}
