/** What a request asks a platform to change, as far as a drill counts it. */
export interface Written {
  readonly budgets: number
  readonly pauses: number
}

const NOTHING: Written = { budgets: 0, pauses: 0 }

/** By Google's mutate operations, and by the one field that a write to Meta has. */
export function writtenBy(path: string, body: string): Written {
  if (path.includes(':mutate')) return ofGoogle(body)
  const fields = new URLSearchParams(body)
  if (fields.has('daily_budget')) return { budgets: 1, pauses: 0 }
  return fields.get('status') === 'PAUSED' ? { budgets: 0, pauses: 1 } : NOTHING
}

function ofGoogle(body: string): Written {
  const { mutateOperations = [] } = JSON.parse(body) as { readonly mutateOperations?: readonly object[] }
  const count = (name: string): number => mutateOperations.filter((operation) => name in operation).length
  return { budgets: count('campaignBudgetOperation'), pauses: count('campaignOperation') }
}
