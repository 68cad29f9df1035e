import { accountKey, type PortfolioId } from '../model/account.ts'
import { canonicalJson, parseCanonical } from '../model/canonical.ts'
import type { Policy, PolicyVersion } from '../model/policy.ts'
import type { PolicyStore } from '../ports/store.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { textIn } from './attributes.ts'
import { transactAudited } from './audited.ts'
import { type Backing, type Database, database } from './database.ts'
import { ABSENT, condition } from './expressions.ts'
import { PORTFOLIOS_PK, policyKey, portfolioKey } from './keys.ts'
import type { WholeAction } from './transaction.ts'

const POLICY_SCHEMA = 1
const TRIES = 3
const VERSIONS_KEPT = 100

/** Versions are kept for ever; which one is current stands in the portfolio's entry in the list of portfolios. */
export function dynamoPolicyStore(backing: Backing): PolicyStore {
  const db = database(backing)
  const versions = versionReader(db)
  const versionThatIs = async (portfolio: PortfolioId, version: string): Promise<PolicyVersion> => {
    const found = await versions(portfolio, version)
    if (found) return found
    throw new Error(`policy ${version} of portfolio ${portfolio} is current but not stored: store it again`)
  }
  return {
    async portfolios() {
      const items = await db.query('control', { pk: PORTFOLIOS_PK })
      return items.map((item) => textIn(item, 'sk') as PortfolioId)
    },
    async current(portfolio) {
      const version = await currentVersion(db, portfolio)
      return version === undefined ? undefined : versionThatIs(portfolio, version)
    },
    async all() {
      const items = await db.query('control', { pk: PORTFOLIOS_PK })
      return Promise.all(
        items.map((item) => versionThatIs(textIn(item, 'sk') as PortfolioId, textIn(item, 'policyVersion'))),
      )
    },
    version: versions,
    put: (version, by, at) => put(db, version, by, at),
  }
}

async function currentVersion(db: Database, portfolio: PortfolioId): Promise<string | undefined> {
  const entry = await db.get('control', portfolioKey(portfolio))
  return entry && textIn(entry, 'policyVersion')
}

/**
 * Reads versions, and remembers those read last: a version is named after its content and never changes, and every turn
 * of every stage asks for the current one.
 */
function versionReader(db: Database) {
  const known = new Map<string, PolicyVersion>()
  return async (portfolio: PortfolioId, version: string): Promise<PolicyVersion | undefined> => {
    const name = `${portfolio}/${version}`
    const found = known.get(name) ?? (await stored(db, portfolio, version))
    if (!found) return undefined
    if (known.size >= VERSIONS_KEPT) known.clear()
    known.set(name, found)
    return found
  }
}

async function stored(db: Database, portfolio: PortfolioId, version: string): Promise<PolicyVersion | undefined> {
  const item = await db.get('control', policyKey(portfolio, version))
  return item && { version, policy: parseCanonical<Policy>(textIn(item, 'policy')) }
}

async function put(db: Database, stored: PolicyVersion, by: string, at: Instant): Promise<void> {
  const { portfolio, mode } = stored.policy
  const chain = `portfolio/${portfolio}`
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const current = await currentVersion(db, portfolio)
    if (current === stored.version) return
    const result = await transactAudited(db, {
      token: ['policy', portfolio, stored.version, current ?? '', at].join('\n'),
      chain,
      at,
      actions: [putVersion(stored, by, at), makeCurrent(stored, current, by, at)],
      entries: [{ kind: 'policy', version: stored.version, mode, by }],
    })
    if (result.kind === 'committed') return
  }
  throw new Error(`policy of portfolio ${portfolio} is being changed by others: look at theirs and store yours again`)
}

const putVersion = ({ version, policy }: PolicyVersion, by: string, at: Instant): WholeAction => ({
  kind: 'put',
  name: `policy ${version}`,
  table: 'control',
  key: policyKey(policy.portfolio, version),
  attributes: {
    policyVersion: version,
    policy: canonicalJson(policy),
    by,
    asOf: isoInstant(at),
    schemaVersion: POLICY_SCHEMA,
  },
})

const makeCurrent = (
  { version, policy }: PolicyVersion,
  current: string | undefined,
  by: string,
  at: Instant,
): WholeAction => ({
  kind: 'put',
  name: `portfolio ${policy.portfolio}`,
  table: 'control',
  key: portfolioKey(policy.portfolio),
  attributes: {
    policyVersion: version,
    mode: policy.mode,
    owner: policy.owner,
    currency: policy.baseCurrency,
    zone: policy.zone,
    accounts: JSON.stringify(policy.accounts.map(({ account }) => accountKey(account))),
    by,
    asOf: isoInstant(at),
    schemaVersion: POLICY_SCHEMA,
  },
  when: current === undefined ? ABSENT : condition('#policyVersion = :current', { current }),
})
