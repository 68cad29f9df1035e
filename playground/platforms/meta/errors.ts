/**
 * Errors as Graph words them: an object {message, type, code, error_subcode, …} under an HTTP status.
 *
 * Codes and subcodes are Meta's (error reference and rate-limiting pages of the Marketing API, read 2026-09-12). Where Meta
 * documents a refusal without a subcode, none is made up: the entry has code 100 and a title only.
 */
export interface GraphErrorDetail {
  readonly status: number
  readonly type: 'OAuthException' | 'GraphMethodException' | 'GraphBatchException'
  readonly code: number
  readonly subcode?: number
  readonly message: string
  readonly transient?: boolean
  readonly title?: string
  readonly userMessage?: string
  /** Minutes until the account is let in again; goes into the usage headers. */
  readonly regainMinutes?: number
}

export class GraphError extends Error {
  readonly detail: GraphErrorDetail
  constructor(detail: GraphErrorDetail) {
    super(detail.message)
    this.name = 'GraphError'
    this.detail = detail
  }

  body(trace: string): { readonly error: Readonly<Record<string, unknown>> } {
    const { message, type, code, subcode, transient, title, userMessage } = this.detail
    return {
      error: {
        message,
        type,
        code,
        ...(subcode !== undefined && { error_subcode: subcode }),
        ...((transient !== undefined || title !== undefined) && { is_transient: transient ?? false }),
        ...(title !== undefined && { error_user_title: title, error_user_msg: userMessage ?? message }),
        fbtrace_id: trace,
      },
    }
  }
}

const oauth = (detail: Omit<GraphErrorDetail, 'status' | 'type'> & { readonly status?: number }): GraphError =>
  new GraphError({ status: 400, type: 'OAuthException', ...detail })

const invalid = (title: string, userMessage: string, subcode?: number): GraphError =>
  oauth({
    code: 100,
    message: 'Invalid parameter',
    title,
    userMessage,
    transient: false,
    ...(subcode !== undefined && { subcode }),
  })

export const badParameter = (message: string): GraphError => oauth({ code: 100, message: `(#100) ${message}` })

export const oneOf = (parameter: string, values: readonly string[]): GraphError =>
  badParameter(`${parameter} must be one of the following values: ${values.join(', ')}`)

export const noSuchField = (field: string, nodeType: string): GraphError =>
  badParameter(`Tried accessing nonexisting field (${field}) on node type (${nodeType})`)

export const noSuchPath = (path: string): GraphError =>
  oauth({ code: 2500, message: `Unknown path components: /${path}` })

export const noSuchObject = (id: string, method: string): GraphError =>
  new GraphError({
    status: 400,
    type: 'GraphMethodException',
    code: 100,
    subcode: 33,
    message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
  })

export const noSuchAliases = (ids: readonly string[]): GraphError =>
  oauth({
    status: 404,
    code: 803,
    message: `(#803) Some of the aliases you requested do not exist: ${ids.join(',')}`,
  })

export const deadVersion = (newest: string): GraphError =>
  oauth({
    code: 2635,
    message: `(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version: ${newest}.`,
  })

export const tokenMissing = (): GraphError =>
  oauth({ code: 104, message: 'An access token is required to request this resource.' })

export const tokenUnreadable = (): GraphError =>
  oauth({ status: 401, code: 190, message: 'Invalid OAuth access token - Cannot parse access token' })

export const tokenExpired = (): GraphError =>
  oauth({
    status: 401,
    code: 190,
    subcode: 463,
    message: 'Error validating access token: Session has expired. The current time is later than its expiry.',
  })

export const proofInvalid = (): GraphError =>
  new GraphError({
    status: 400,
    type: 'GraphMethodException',
    code: 100,
    message: 'Invalid appsecret_proof provided in the API argument',
  })

export const unavailable = (): GraphError =>
  oauth({ status: 503, code: 2, transient: true, message: 'Service temporarily unavailable' })

/** The (app, ad account) score is used up, or the platform is throttling just now. */
export const accountThrottled = (regainMinutes: number): GraphError =>
  oauth({
    code: 17,
    subcode: 2446079,
    message: '(#17) User request limit reached',
    title: 'Ad Account Has Too Many API Calls',
    userMessage: 'There have been too many calls from this ad-account. Wait a bit and try again.',
    transient: false,
    regainMinutes,
  })

const USE_CASE_CODES = { ads_insights: 80000, ads_management: 80004 } as const

/** The hourly quota of one business use case is used up. */
export const useCaseThrottled = (useCase: keyof typeof USE_CASE_CODES, regainMinutes: number): GraphError =>
  oauth({
    code: USE_CASE_CODES[useCase],
    subcode: 2446079,
    message: `(#${USE_CASE_CODES[useCase]}) There have been too many calls to this ad-account. Wait a bit and try again.`,
    transient: false,
    regainMinutes,
  })

export const budgetChangedTooOften = (): GraphError =>
  oauth({
    code: 613,
    subcode: 1487632,
    message: '(#613) Calls to this api have exceeded the rate limit.',
    title: 'Ad Set Budget Changed Too Many Times',
    userMessage: 'The budget of this ad set has been changed 4 times in an hour. Wait an hour and try again.',
  })

export const spendCapChangedTooOften = (): GraphError =>
  oauth({
    code: 17,
    subcode: 1885172,
    message: '(#17) User request limit reached',
    title: 'Account Spending Limit Changed Too Often',
    userMessage: 'The spending limit of an ad account can be changed 10 times a day.',
  })

export const tooMuchData = (): GraphError =>
  oauth({
    code: 100,
    subcode: 1487534,
    message: "(#100) Please reduce the amount of data you're asking for, then retry your request",
    transient: false,
  })

export const reportNotReady = (): GraphError =>
  oauth({ code: 2601, subcode: 1815107, transient: true, message: '(#2601) Error accessing adreport job.' })

export const rangeTooOld = (): GraphError =>
  oauth({
    code: 3018,
    message: '(#3018) The start date of the time range cannot be beyond 37 months from the current date',
  })

export const batchTooLarge = (): GraphError =>
  new GraphError({
    status: 400,
    type: 'GraphBatchException',
    code: 100,
    message: 'Too many requests in batch message. Maximum batch size is 50',
  })

export const budgetTooLow = (minimum: string): GraphError =>
  invalid(
    'Your Budget Is Too Low',
    `Your budget must be at least ${minimum} or your ads may not be delivered.`,
    1885272,
  )

export const budgetTooHigh = (): GraphError =>
  invalid('Your Budget Is Too High', 'A budget may not exceed 1,000,000 USD or its equivalent.', 1885261)

/** Meta documents the rule (110 % of what was spent) without a subcode. */
export const budgetBelowSpent = (least: string): GraphError =>
  invalid(
    'Budget Is Below What Was Spent',
    `When you lower a budget, it must stay at least 10% above the amount already spent: ${least} or more.`,
  )

export const campaignHasBudget = (): GraphError =>
  invalid(
    "Can't Set Ad Set Budget",
    'You can only set an ad set budget or a campaign budget. This campaign has a campaign budget: change that one.',
    1885621,
  )

export const bidAmountRequired = (strategy: string): GraphError =>
  invalid(
    'Bid Amount Required',
    `You must provide a bid amount or constraint for the bid strategy ${strategy}.`,
    1815857,
  )

export const refused = (title: string, userMessage: string): GraphError => invalid(title, userMessage)
