import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { checkOrders, type TakenOrders, takeOrders } from '../../lib/control/take-orders.ts'
import { decodeText } from '../../lib/imports/decode.ts'
import { type Fault, ImportError } from '../../lib/imports/problem.ts'
import { readOrders } from '../../lib/imports/read-orders.ts'
import { type PortfolioId, portfolioId } from '../../lib/model/account.ts'
import { type OrderEntry, REFUNDS_MAX } from '../../lib/model/shop-order.ts'
import { dynamoOrderBook } from '../../lib/store/order-book.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

/** Orders that are recorded in seconds need no word about it. */
const MANY = 10_000

export interface ImportOrdersOptions {
  readonly portfolio?: string | undefined
  readonly dryRun?: boolean | undefined
}

/**
 * Takes the orders of a portfolio's shop from files: all files are read before the first order is recorded. Without recording
 * them it refuses the same.
 *
 * @throws ImportError with every fault of every file, and as `checkOrders`
 */
export async function importOrders(
  files: readonly { readonly path: string; readonly typed: string }[],
  { portfolio: named, dryRun }: ImportOrdersOptions,
  deployment: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const { desk, tables, clock } = deployment
  const portfolio = await portfolioOf(named, desk)
  const entries = await readAll(files)
  if (entries.length >= MANY && !dryRun)
    screen.tell(`${entries.length} orders and refunds are read and being recorded, which may take some minutes …`)
  const found = dryRun
    ? { tooOld: (await checkOrders(portfolio, entries, { ...desk, clock })).tooOld }
    : await takeOrders(portfolio, entries, { ...desk, clock, book: dynamoOrderBook(tables) })
  screen.print(ordersText(portfolio, entries, found))
  screen.record({
    schemaVersion: JSON_SCHEMA,
    command: 'import orders',
    portfolio,
    entries: entries.length,
    stored: !dryRun,
    ...found,
  })
  return EXIT.done
}

async function portfolioOf(named: string | undefined, { policies }: Deployment['desk']): Promise<PortfolioId> {
  if (named !== undefined) return portfolioId(named)
  const [only, ...more] = await policies.portfolios()
  if (only === undefined) throw new Error('no policy is stored yet: store one with "sluice policy put policy.yaml"')
  if (more.length > 0)
    throw new Error(`there are ${more.length + 1} portfolios: say whose orders these are, with --portfolio ${only}`)
  return only
}

async function readAll(
  files: readonly { readonly path: string; readonly typed: string }[],
): Promise<readonly OrderEntry[]> {
  const faults: Fault[] = []
  const entries: OrderEntry[] = []
  for (const { path, typed } of files) {
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      throw new Error(`${typed} cannot be read: ${error.code}`)
    })
    try {
      for (const entry of readOrders(decodeText(bytes, basename(typed)), basename(typed))) entries.push(entry)
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      faults.push(...error.faults)
    }
  }
  if (faults.length > 0) throw new ImportError(faults)
  return entries
}

const named = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

function ordersText(
  portfolio: PortfolioId,
  entries: readonly OrderEntry[],
  found: TakenOrders | Pick<TakenOrders, 'tooOld'>,
): string {
  const sales = entries.filter(({ sale }) => sale).length
  const refunds = entries.filter(({ refund }) => refund).length
  const read = `Portfolio ${portfolio}: ${named(sales, 'order')} and ${named(refunds, 'refund')} read`
  return [
    ...('changed' in found ? recordedLines(read, found) : [`${read}; nothing was stored (--dry-run).`]),
    ...(found.tooOld > 0 ? [`  too old    ${found.tooOld} of more than a year ago: left out`] : []),
  ].join('\n')
}

const recordedLines = (read: string, { changed, unchanged, waiting, overfull, days }: TakenOrders): string[] => [
  `${read}; ${changed} changed something, ${unchanged} were known.`,
  ...(days.length > 0 ? [`  counted    ${named(days.length, 'day')} again, ${days[0]} to ${days.at(-1)}`] : []),
  ...(waiting > 0
    ? [`  waiting    ${named(waiting, 'refund')} without an order yet: nothing is counted of them until it comes`]
    : []),
  ...(overfull.length > 0
    ? [
        `  overfull   ${named(overfull.length, 'order')} with more than ${REFUNDS_MAX} refunds: the new ones are left out (${overfull.slice(0, 3).join(', ')})`,
      ]
    : []),
]
