import type { TimeZone } from '../../../lib/units/calendar.ts'
import { currency } from '../../../lib/units/money.ts'
import type { World, WorldAccount } from '../../world.ts'
import { fault } from './failure.ts'
import type { GoogleTwinCredentials, Tokens } from './tokens.ts'

/** Request headers or gRPC metadata, lower case. */
export type Headers = Readonly<Record<string, string | undefined>>

/** Who may do what: token, developer token, manager account, customer. */
export class Access {
  readonly #world: World
  readonly #credentials: GoogleTwinCredentials
  readonly #tokens: Tokens

  constructor(world: World, credentials: GoogleTwinCredentials, tokens: Tokens) {
    this.#world = world
    this.#credentials = credentials
    this.#tokens = tokens
  }

  /** @throws GoogleFault unless the caller is known */
  authenticate(headers: Headers): void {
    this.#tokens.check(headers.authorization)
    const developerToken = headers['developer-token']
    if (!developerToken)
      throw fault('requestError', 'DEVELOPER_TOKEN_PARAMETER_MISSING', 'The header developer-token is missing.')
    if (developerToken !== this.#credentials.developerToken)
      throw fault('authenticationError', 'DEVELOPER_TOKEN_INVALID', 'The developer token is not valid.')
    const login = headers['login-customer-id']
    if (login !== undefined && !/^\d+$/.test(login))
      throw fault('headerError', 'INVALID_LOGIN_CUSTOMER_ID', `login-customer-id '${login}' must be digits only.`)
  }

  /** The account that a call is for. @throws GoogleFault unless the caller may use it */
  account(headers: Headers, customerId: string): WorldAccount {
    this.authenticate(headers)
    if (!/^\d+$/.test(customerId))
      throw fault('requestError', 'INVALID_CUSTOMER_ID', `Customer id '${customerId}' must be digits only.`)
    const { loginCustomerId } = this.#credentials
    const account =
      customerId === loginCustomerId ? managerAccount(customerId) : this.#world.account('google-ads', customerId)
    if (!account || !this.#reaches(headers['login-customer-id'], customerId))
      throw fault(
        'authorizationError',
        'USER_PERMISSION_DENIED',
        `The user may not use customer ${customerId}; for a manager's client, set login-customer-id to the manager.`,
      )
    return account
  }

  /** Accounts that the user reaches without a manager. */
  directly(): readonly string[] {
    const { loginCustomerId } = this.#credentials
    if (loginCustomerId !== undefined) return [loginCustomerId]
    return this.#world.accounts.filter((a) => a.platform === 'google-ads').map((a) => a.id)
  }

  #reaches(login: string | undefined, customerId: string): boolean {
    const { loginCustomerId } = this.#credentials
    if (loginCustomerId !== undefined) return (login ?? customerId) === loginCustomerId
    return login === undefined || login === customerId
  }
}

/** A manager account has nothing but its clients. */
function managerAccount(id: string): WorldAccount {
  return {
    platform: 'google-ads',
    id,
    name: 'Pretend manager',
    currency: currency('USD'),
    zone: 'UTC' as TimeZone,
    status: 'active',
    spentMicros: () => 0n,
    budgets: new Map(),
    campaigns: new Map(),
    experiments: [],
    changes: [],
  }
}
