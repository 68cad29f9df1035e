import { amountText, changeText, valueWords } from '../../lib/decide/words.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import type { Paint } from '../terminal/paint.ts'
import { JSON_SCHEMA } from './exit.ts'
import type { Receipt } from './receipts.ts'

const MARKS: Readonly<Record<string, string>> = { verified: '✓', 'already-there': '✓', waiting: '…', shadowed: '·' }

/** One line per change with what became of it, and a count of each outcome. */
export function receiptsText(receipts: readonly Receipt[], paint: Paint): string {
  if (receipts.length === 0) return 'No changes.'
  const counts = Map.groupBy(receipts, ({ outcome }) => outcome)
  const total = [...counts].map(([outcome, ones]) => `${ones.length} ${outcome}`).join(', ')
  return [...receipts.map((receipt) => line(receipt, paint)), '', paint.bold(`Result: ${total}`)].join('\n')
}

function line({ account, decision, outcome, detail }: Receipt, paint: Paint): string {
  const { change, name } = decision
  const { from, to } = change
  const mark = MARKS[outcome] ?? '!'
  const share = from.kind === 'money' && to.kind === 'money' ? ` (${changeText(from.amount, to.amount)})` : ''
  const shown = outcome in MARKS ? paint.good(outcome) : paint.bad(outcome)
  return `  ${mark} ${account} ${name}  ${bare(from)} → ${valueWords(to)}${share}  ${shown}: ${detail}`
}

const bare = (value: Receipt['decision']['change']['from']): string =>
  value.kind === 'money' ? (amountText(value.amount).split(' ')[0] ?? '') : valueWords(value)

export const applyJson = (header: PlanHeader, result: string, receipts: readonly Receipt[]) => ({
  schemaVersion: JSON_SCHEMA,
  command: 'apply',
  plan: header.id,
  portfolio: header.portfolio,
  mode: header.mode,
  result,
  receipts: receipts.map(({ account, decision, outcome, detail }) => ({
    account,
    lever: leverKey(decision.change.lever),
    name: decision.name,
    from: valueWords(decision.change.from),
    to: valueWords(decision.change.to),
    outcome,
    detail,
  })),
})
