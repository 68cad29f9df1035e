import type { Loop } from '../../lib/control/loop.ts'
import { type PortfolioId, portfolioId } from '../../lib/model/account.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'

/**
 * The current policies: of one portfolio, or of all.
 *
 * @throws Error when there is none, or no such portfolio
 */
export async function versionsOf(portfolio: string | undefined, desk: Loop): Promise<readonly PolicyVersion[]> {
  const known = await desk.policies.portfolios()
  if (known.length === 0) throw new Error('no policy is stored yet: store one with "sluice policy put policy.yaml"')
  const asked: readonly PortfolioId[] = portfolio === undefined ? known : [portfolioId(portfolio)]
  return Promise.all(
    asked.map(async (id) => {
      const version = await desk.policies.current(id)
      if (!version) throw new Error(`there is no portfolio ${id}: there is ${known.join(', ')}`)
      return version
    }),
  )
}
