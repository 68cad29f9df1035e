/** What the tests of mutates share. */
import { aClient } from './client.ts'
import { type AccountSpec, aWorld, CUSTOMER } from './stub-world.ts'

export const budgetName = (id: string) => `customers/${CUSTOMER}/campaignBudgets/${id}`
export const campaignName = (id: string) => `customers/${CUSTOMER}/campaigns/${id}`
export const amount = (amountMicros: string, id = '501') => ({
  updateMask: 'amountMicros',
  update: { resourceName: budgetName(id), amountMicros },
})

/** A twin of the hand-built world, and a way to send one operation. */
export async function setUp(over: Partial<AccountSpec> = {}, options: object = {}) {
  const world = aWorld(over)
  const client = await aClient({ world, ...options })
  const one = async (path: string, operation: object) => client.post(path, { operations: [operation] })
  return { ...client, world, one }
}
