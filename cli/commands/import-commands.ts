import { type Command, InvalidArgumentError } from 'commander'
import { type Common, type Context, command, timed } from './context.ts'
import type { ImportOptions } from './import-account.ts'
import type { ImportOrdersOptions } from './import-orders.ts'

/** What comes from files that people download or export, without any token. */
export function addImportCommands(sluice: Command, context: Context): void {
  const shown = [
    'sluice import google.csv --account google-ads:1234567890 --zone Europe/Berlin --column conversions=Conversions',
    'sluice import january.csv february.csv --account meta:1234567890 --zone Europe/Berlin --dry-run',
  ]
  const made = timed(command(sluice, 'import', 'read campaign downloads of an account without API access', shown))
    .argument('<files...>', 'CSV or TSV as a platform’s own screens download it, by campaign and day')
    .option('--account <account>', 'platform:id; always needed')
    .enablePositionalOptions()
    .option('--platform <name>', 'where the account is named by its id alone')
    .option('--currency <code>', 'where the files name none')
    .option('--zone <name>', 'the account’s time zone; needed the first time')
    .option('--dates <order>', 'dmy or mdy, where a date may be two', oneOf('dmy', 'mdy'))
    .option('--decimals <mark>', '. or , where a number may be two', oneOf('.', ','))
    .option('--budgets <period>', 'daily or lifetime, where the files do not say', oneOf('daily', 'lifetime'))
    .option('--column <role=heading>', 'what a column means; may be given again', collect, [])
    .option(
      '--conversions <rule>',
      'the rule of the conversions, where no policy tells it, such as "purchase|7c|1v|mixed": action, days after a click and after a view, basis',
    )
    .option('--as-of <instant>', 'when the files were downloaded; by default when they were saved')
    .option('--dry-run', 'read and report, store nothing')
    .action((files: readonly string[], options: Common & ImportOptions) =>
      context.withDeployment('import', options, async (deployment, screen) => {
        const named = files.map((typed) => ({ typed, path: context.path(typed) }))
        return (await import('./import-account.ts')).importFiles(named, options, deployment, screen)
      }),
    )
  addOrders(made, context)
}

function addOrders(parent: Command, context: Context): void {
  const shown = [
    'sluice import orders orders.csv',
    'sluice import orders orders.jsonl --portfolio eu-prospecting --json',
  ]
  timed(command(parent, 'orders', 'take the shop’s orders and refunds from files', shown))
    .argument('<files...>', 'CSV or JSON lines; see docs/imports.md for the fields')
    .option('--portfolio <id>', 'whose shop it is; not needed where there is one only')
    .option('--dry-run', 'read and report, store nothing')
    .action((files: readonly string[], options: Common & ImportOrdersOptions) =>
      context.withDeployment('import orders', options, async (deployment, screen) => {
        const named = files.map((typed) => ({ typed, path: context.path(typed) }))
        return (await import('./import-orders.ts')).importOrders(named, options, deployment, screen)
      }),
    )
}

const oneOf =
  <T extends string>(...allowed: readonly T[]) =>
  (text: string): T => {
    const found = allowed.find((one) => one === text)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`It must be ${allowed.join(' or ')}.`)
  }

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text]
