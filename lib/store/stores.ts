import type {
  AlertStore,
  Auditor,
  AuditStore,
  ClaimStore,
  FactStore,
  FreezeStore,
  MoneyStore,
  OrderStore,
  PlanStore,
  PolicyStore,
  ScoreStore,
} from '../ports/store.ts'
import { dynamoAlertStore } from './alert-store.ts'
import { dynamoAuditor } from './audit-check.ts'
import { dynamoAuditStore } from './audit-store.ts'
import { dynamoClaimStore } from './claim-store.ts'
import { dynamoFactStore } from './fact-store.ts'
import { dynamoFreezeStore } from './freeze-store.ts'
import type { StoreOptions } from './link.ts'
import { dynamoMoneyStore } from './money-store.ts'
import { dynamoOrderStore } from './order-store.ts'
import { dynamoPlanStore } from './plan-store.ts'
import { dynamoPolicyStore } from './policy-store.ts'
import { dynamoScoreStore } from './score-store.ts'

export interface DynamoStores {
  readonly policies: PolicyStore
  readonly facts: FactStore
  readonly plans: PlanStore
  readonly scores: ScoreStore
  readonly orders: OrderStore
  readonly money: MoneyStore
  readonly freezes: FreezeStore
  readonly alerts: AlertStore
  readonly claims: ClaimStore
  readonly audit: AuditStore
  readonly auditor?: Auditor
}

/** Every store of one deployment. */
export const dynamoStores = (options: StoreOptions): DynamoStores => ({
  policies: dynamoPolicyStore(options),
  facts: dynamoFactStore(options),
  plans: dynamoPlanStore(options),
  scores: dynamoScoreStore(options),
  orders: dynamoOrderStore(options),
  money: dynamoMoneyStore(options),
  freezes: dynamoFreezeStore(options),
  alerts: dynamoAlertStore(options),
  claims: dynamoClaimStore(options),
  audit: dynamoAuditStore(options),
  auditor: dynamoAuditor(options),
})
