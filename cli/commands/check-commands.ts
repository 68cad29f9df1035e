import { type Command, InvalidArgumentError } from 'commander'
import { type CurrencyCode, currency } from '../../lib/units/money.ts'
import { type Common, type Context, command, configured, timed } from './context.ts'

/** What looks after the surroundings of the loop. Each loads its code when it runs. */
export function addCheckCommands(sluice: Command, context: Context): void {
  addDoctor(sluice, context)
  addMapping(sluice, context)
  addRates(sluice, context)
}

function addDoctor(sluice: Command, context: Context): void {
  const shown = ['sluice doctor', 'sluice doctor --json']
  configured(command(sluice, 'doctor', 'look at every connection and all else that Sluice stands on', shown)).action(
    (options: Common) =>
      context.run('doctor', options, async (screen) =>
        (await import('./doctor.ts')).doctor(context.configFile(options), context.surroundings.clock, screen),
      ),
  )
}

function addMapping(sluice: Command, context: Context): void {
  const shown = ['sluice mapping', 'sluice mapping eu-prospecting --json']
  configured(command(sluice, 'mapping', 'which conversions are counted where, and where that differs', shown))
    .argument('[portfolio]', 'every portfolio when none is named')
    .action((portfolio: string | undefined, options: Common) =>
      context.withDeployment('mapping', options, async (deployment, screen) =>
        (await import('./mapping.ts')).mapping(portfolio, deployment, screen),
      ),
    )
}

interface FetchTyped extends Common {
  readonly accept: readonly CurrencyCode[]
  readonly source?: string
}

function addRates(sluice: Command, context: Context): void {
  const rates = sluice.command('rates').description('exchange rates: those that count, and fetching new ones')
  const shown = ['sluice rates', 'sluice rates --json']
  timed(command(rates, 'show', 'which exchange rates count today, and how old they are', shown, true)).action(
    (options: Common) =>
      context.withDeployment('rates', options, async (deployment, screen) =>
        (await import('./rates.ts')).rates(deployment, screen),
      ),
  )
  const fetched = ['sluice rates fetch', 'sluice rates fetch --accept TRY']
  configured(command(rates, 'fetch', 'add the newest reference rates of the European Central Bank', fetched))
    .option('--accept <currency...>', 'take its rate however far it moved: you have looked at it', acceptable, [])
    .option('--source <url>', 'a server on this machine instead of the bank’s')
    .action(({ accept, source, ...options }: FetchTyped) =>
      context.run('rates fetch', options, async (screen) => {
        const { clock } = context.surroundings
        const given = { configFile: context.configFile(options), clock, accept, source }
        return (await import('./rates.ts')).ratesFetch(given, screen)
      }),
    )
}

function acceptable(text: string, before: readonly CurrencyCode[]): readonly CurrencyCode[] {
  try {
    return [...before, currency(text)]
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}
