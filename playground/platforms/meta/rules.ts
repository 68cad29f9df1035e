import { dateAt, type Instant, MINUTE_MS } from '../../../lib/units/calendar.ts'
import type { World, WorldAccount } from '../../world.ts'
import { refused } from './errors.ts'
import { toApiUnits } from './money.ts'
import type { RuleNode, RuleRunNode } from './nodes.ts'
import type { Params } from './params.ts'
import { type AdRule, type AdRuleRun, readRule, runnable } from './rule-spec.ts'
import type { SpendBook } from './spend-book.ts'

/** Meta runs a rule of `SEMI_HOURLY` at the start of every half hour. */
const EVERY_MS = 30 * MINUTE_MS
/** Ads Manager's limit; the API's pages name none. */
const RULES_MAX = 250

/** Every account's ad rules, which go on being run while nobody asks the twin for anything. */
export class RuleBook {
  private readonly world: World
  private readonly book: SpendBook
  private readonly rules = new Map<string, { readonly account: WorldAccount; rule: AdRule }>()
  private readonly runs: AdRuleRun[] = []
  private isRunning = false
  constructor(world: World, book: SpendBook) {
    this.world = world
    this.book = book
  }

  of(account: WorldAccount): readonly RuleNode[] {
    return [...this.rules.values()]
      .filter((one) => one.account.id === account.id)
      .map(({ rule }) => ({ kind: 'rule', account, rule }))
  }

  find(id: string): RuleNode | undefined {
    const found = this.rules.get(id)
    return found && { kind: 'rule', ...found }
  }

  /** Runs that did something, newest first. */
  history({ account, rule }: RuleNode, params: Params): readonly RuleRunNode[] {
    const action = params.text('action')
    return this.runs
      .filter((run) => run.rule === rule.id && (action === undefined || action === 'PAUSED'))
      .toReversed()
      .map((run) => ({ kind: 'rule-run', account, run }))
  }

  /** @throws GraphError */
  create(account: WorldAccount, params: Params): string {
    const spec = readRule(params)
    if (this.of(account).length >= RULES_MAX)
      throw refused('Too Many Rules', `An ad account may have ${RULES_MAX} rules: delete some.`)
    const at = this.world.now()
    const id = `8${at}${this.rules.size.toString().padStart(3, '0')}`
    this.rules.set(id, { account, rule: { ...spec, id, createdAt: at, updatedAt: at } })
    this.start()
    return id
  }

  /** @throws GraphError */
  update({ account, rule }: RuleNode, params: Params): void {
    const spec = readRule(params, rule)
    this.rules.set(rule.id, { account, rule: { ...rule, ...spec, updatedAt: this.world.now() } })
    if (spec.status === 'DELETED') this.rules.delete(rule.id)
  }

  remove({ rule }: RuleNode): void {
    this.rules.delete(rule.id)
  }

  /** Not before there is a rule: a world without any goes on as if there were none. */
  private start(): void {
    if (this.isRunning) return
    this.isRunning = true
    this.world.every?.(EVERY_MS, () => this.run())
  }

  private run(): void {
    const at = this.world.now()
    for (const { account, rule } of this.rules.values()) {
      if (rule.status !== 'ENABLED') continue
      const paused = this.due(account, rule, at)
      for (const id of paused)
        this.world.apply(
          { platform: 'meta', accountId: account.id, kind: 'status', level: 'campaign', id, status: 'paused' },
          { kind: 'automatic', name: `Automated rule: ${rule.name}` },
        )
      if (paused.length > 0) this.runs.push({ at, rule: rule.id, paused })
    }
  }

  /** Running campaigns that have spent more than the rule lets them, today and as far as it is reported. */
  private due(account: WorldAccount, rule: AdRule, at: Instant): readonly string[] {
    const { ids, aboveUnits } = runnable(rule)
    const today = dateAt(at, account.zone)
    const spent = this.book.spend(account, 'campaign', today, today)
    return [...account.campaigns.values()]
      .filter(({ id, status }) => status === 'active' && (ids === undefined || ids.includes(id)))
      .map(({ id }) => id)
      .filter((id) => toApiUnits(spent.get(id) ?? 0n, account.currency) > aboveUnits)
  }
}
