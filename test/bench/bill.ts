/** The monthly AWS bill that measured days add up to. */
import { LAMBDAS } from '../../functions/composition/lambdas.ts'
import { QUEUES } from '../../functions/composition/routes.ts'
import { type ConsumptionFigures, type LambdaDay, NAIVE_WRITES_PER_CAMPAIGN_DAY, totalUnits } from './consumption.ts'
import { PRICES, PRICES_AS_OF, REGION } from './prices.ts'
import { number, table } from './table.ts'

const DAYS_A_MONTH = 365 / 12
const GB = 2 ** 30
/** Lambda gives this much memory one whole processor, and less of it in proportion. */
const ONE_CORE_MB = 1_769
/** Not measured: what loopback does not show. Each is on the high side, and so is every request after another. */
const DATABASE_WAIT_MS = 5
const PLATFORM_WAIT_MS = 500
/** Every invocation is taken for a cold one. */
const INIT_MS = 300
/** Lambda's poller asks an idle queue all the time: five long polls of 20 s each. */
const IDLE_RECEIVES_A_DAY = 5 * (86_400 / 20)
/** Of one message: sent, received, deleted. */
const SQS_REQUESTS_PER_MESSAGE = 3
/** A year of daily growth, before items age out: an upper bound. */
const GROWTH_DAYS = 365
/** A read and a write credential for each platform. */
const SECRETS = 4
const LOG_MONTHS = 3
/** Errors and dead letters of every function and queue, the ticks' too; four silences; alerts told and turns failed. */
const ALARMS = 2 * (QUEUES.length + 1) + 4 + 2
/** Counted from logs: what the four silences and the last two ring on. */
const METRICS = 6

export interface BillLine {
  readonly service: string
  readonly usd: number
  readonly because: string
}

const line = (service: string, usd: number, because: string): BillLine => ({ service, usd, because })

export function bill(figures: ConsumptionFigures): readonly BillLine[] {
  return [...database(figures), ...compute(figures), ...others(figures)]
}

function database(figures: ConsumptionFigures): readonly BillLine[] {
  const { read, write } = totalUnits(figures)
  const gb = (figures.storedBytes + GROWTH_DAYS * figures.storedBytesGrowth) / GB
  const { dynamodbRead, dynamodbWrite, dynamodbStorage, dynamodbRecovery } = PRICES
  return [
    line('DynamoDB reads', read * DAYS_A_MONTH * dynamodbRead.usd, `${number(read)} read units a day`),
    line('DynamoDB writes', write * DAYS_A_MONTH * dynamodbWrite.usd, `${number(write)} write units a day`),
    line(
      'DynamoDB storage',
      gb * (dynamodbStorage.usd + dynamodbRecovery.usd),
      `${gb.toFixed(2)} GB after a year, with point-in-time recovery`,
    ),
  ]
}

/** Billed seconds of a function's day. */
function secondsOf({ lambda, invocations, cpuMs, databaseRequests, platformRequests }: LambdaDay): number {
  const share = Math.min(1, LAMBDAS[lambda].memoryMb / ONE_CORE_MB)
  const waits = databaseRequests * DATABASE_WAIT_MS + platformRequests * PLATFORM_WAIT_MS
  return ((cpuMs + invocations * INIT_MS) / share + waits) / 1_000
}

function compute({ lambdas }: ConsumptionFigures): readonly BillLine[] {
  const gbSeconds = lambdas.reduce((sum, one) => sum + (secondsOf(one) * LAMBDAS[one.lambda].memoryMb) / 1_024, 0)
  const invocations = lambdas.reduce((sum, one) => sum + one.invocations, 0)
  return [
    line(
      'Lambda duration',
      gbSeconds * DAYS_A_MONTH * PRICES.lambdaSecond.usd,
      `${number(gbSeconds)} GB-seconds a day`,
    ),
    line('Lambda requests', invocations * DAYS_A_MONTH * PRICES.lambdaRequest.usd, `${number(invocations)} a day`),
  ]
}

function others({ lambdas, archivedBytesZipped }: ConsumptionFigures): readonly BillLine[] {
  const of = (name: string) => lambdas.find(({ lambda }) => lambda === name)
  const ticks = of('dispatch')?.invocations ?? 0
  const messages = lambdas.reduce((sum, one) => sum + one.invocations, 0) - ticks
  const receives = QUEUES.length * IDLE_RECEIVES_A_DAY
  const secretReads = lambdas.filter(({ lambda }) => !['dispatch', 'plan'].includes(lambda))
  const reads = secretReads.reduce((sum, one) => sum + one.invocations, 0)
  const logGb = (lambdas.reduce((sum, { logBytes }) => sum + logBytes, 0) * DAYS_A_MONTH) / GB
  const archiveGb = (archivedBytesZipped * GROWTH_DAYS) / GB
  const plans = of('plan')?.invocations ?? 0
  return [
    line(
      'SQS',
      (messages * SQS_REQUESTS_PER_MESSAGE + receives) * DAYS_A_MONTH * PRICES.sqsFifo.usd,
      `${number(messages)} messages and ${number(receives)} idle receives a day`,
    ),
    line('EventBridge Scheduler', ticks * DAYS_A_MONTH * PRICES.scheduler.usd, `${number(ticks)} ticks a day`),
    line(
      'Secrets Manager',
      SECRETS * PRICES.secret.usd + reads * DAYS_A_MONTH * PRICES.secretRead.usd,
      `${SECRETS} secrets, read ${number(reads)} times a day`,
    ),
    line(
      'S3',
      archiveGb * PRICES.s3Storage.usd + plans * DAYS_A_MONTH * PRICES.s3Put.usd,
      `${archiveGb.toFixed(2)} GB of plan inputs after a year`,
    ),
    line(
      'CloudWatch Logs',
      logGb * (PRICES.logIngestion.usd + LOG_MONTHS * PRICES.logStorage.usd),
      `${(logGb * 1_024).toFixed(1)} MB a month, kept ${LOG_MONTHS} months`,
    ),
    line(
      'CloudWatch alarms',
      ALARMS * PRICES.alarm.usd + METRICS * PRICES.metric.usd,
      `${ALARMS} alarms, ${METRICS} metrics counted from logs`,
    ),
  ]
}

export function printBill(figures: ConsumptionFigures): void {
  const { campaigns, accounts } = figures
  const lines = bill(figures)
  const total = lines.reduce((sum, { usd }) => sum + usd, 0)
  console.log(
    `\nMonthly AWS bill for ${accounts} accounts with ${number(campaigns)} campaigns in all: an estimate at list prices ` +
      `(${REGION}, ${PRICES_AS_OF}), free tier and tax left out\n`,
  )
  const money = (usd: number): string => usd.toFixed(2)
  console.log(
    table(
      ['service', 'USD', 'because of'],
      [...lines.map(({ service, usd, because }) => [service, money(usd), because]), ['in all', money(total), '']],
    ),
  )
  console.log(
    `\nLambda durations: the processor time measured here, scaled by the share of a core that the memory buys, and waits ` +
      `that loopback does not show:\n${DATABASE_WAIT_MS} ms per database request, ${PLATFORM_WAIT_MS} ms per platform ` +
      `request, one after the other, and ${INIT_MS} ms of start for every invocation.`,
  )
  const naive = NAIVE_WRITES_PER_CAMPAIGN_DAY * campaigns * DAYS_A_MONTH * PRICES.dynamodbWrite.usd
  console.log(
    `Appending hourly rows instead: ${number(NAIVE_WRITES_PER_CAMPAIGN_DAY * campaigns)} writes a day, ` +
      `${money(naive)} USD a month for those writes alone, in place of the ${money(lines[1]?.usd ?? 0)} above.`,
  )
}
