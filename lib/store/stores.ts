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
import type { Backing } from './database.ts'
import { dynamoFactStore } from './fact-store.ts'
import { dynamoFreezeStore } from './freeze-store.ts'
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
export const dynamoStores = (backing: Backing): DynamoStores => ({
  policies: dynamoPolicyStore(backing),
  facts: dynamoFactStore(backing),
  plans: dynamoPlanStore(backing),
  scores: dynamoScoreStore(backing),
  orders: dynamoOrderStore(backing),
  money: dynamoMoneyStore(backing),
  freezes: dynamoFreezeStore(backing),
  alerts: dynamoAlertStore(backing),
  claims: dynamoClaimStore(backing),
  audit: dynamoAuditStore(backing),
  auditor: dynamoAuditor(backing),
})
