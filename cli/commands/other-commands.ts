import type { Command } from 'commander'
import { type Common, type Context, command, configured, timed, wholeNumber } from './context.ts'
import { type DrillTyped, drilled, drillOf } from './emergency-commands.ts'

/** Everything but the loop's own verbs. Each loads its code when it runs, so that freeze waits for nothing else. */
export function addOtherCommands(sluice: Command, context: Context): void {
  addFreeze(sluice, context)
  addUnfreeze(sluice, context)
  addPolicy(sluice, context)
  addInit(sluice, context)
  addEngine(sluice, context)
  addAudit(sluice, context)
  addRestore(sluice, context)
}

export function addDemo(sluice: Command, context: Context): void {
  const shown = ['sluice demo', 'sluice demo --scenario shock --days 28 --seed 7']
  command(sluice, 'demo', 'run a pretend world for some weeks and report', shown)
    .option('--days <n>', 'simulated days; 14, or as many as the scenario has', wholeNumber(1, 366))
    .option('--seed <n>', 'one seed, one history', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--scenario <name|file>', 'a shipped scenario, or a JSON file', 'demo')
    .option('--report <file>', 'where the HTML report goes', 'sluice-report.html')
    .option('--exit', 'keep nothing open afterwards; for now the demo always ends')
    .action((options: Common & { days?: number; seed: number; scenario: string; report: string }) =>
      context.run('demo', options, async (screen) => {
        const { days, seed, quiet, scenario, report } = options
        const place = {
          scenario: scenario.endsWith('.json') ? context.path(scenario) : scenario,
          report: context.path(report),
          stderr: context.surroundings.stderr,
        }
        return (await import('./demo.ts')).demo({ days, seed, quiet, ...place }, screen)
      }),
    )
}

function addFreeze(sluice: Command, context: Context): void {
  const shown = ['sluice freeze', 'sluice freeze meta:1234567890 --reason "wrong prices"']
  drilled(configured(command(sluice, 'freeze', 'stop every push, at once and without asking', shown)))
    .argument('[scope]', 'everything, meta, meta:123 or meta:123/456', 'everything')
    .option('--reason <text>', 'for the record')
    .action((scope: string, options: Common & DrillTyped & { reason?: string; drill?: boolean }) =>
      context.run('freeze', options, async (screen) =>
        options.drill
          ? (await import('./drill.ts')).drill({ button: 'freeze', ...drillOf(options) }, screen)
          : (await import('./freeze.ts')).freeze(scope, freezeOptions(options, context), screen),
      ),
    )
}

function addUnfreeze(sluice: Command, context: Context): void {
  const shown = ['sluice unfreeze meta:1234567890', 'sluice unfreeze everything --confirm everything']
  configured(command(sluice, 'unfreeze', 'let pushes go on', shown))
    .argument('[scope]', 'as it was frozen', 'everything')
    .option('--reason <text>', 'for the record')
    .option('--confirm <scope>', 'the scope once more, where nobody can be asked')
    .action((scope: string, options: Common & { reason?: string; confirm?: string }) =>
      context.run('unfreeze', options, async (screen) =>
        (await import('./freeze.ts')).unfreeze(
          scope,
          { ...freezeOptions(options, context), confirm: options.confirm },
          screen,
        ),
      ),
    )
}

const freezeOptions = (options: Common & { reason?: string }, { configFile, by, surroundings }: Context) => ({
  config: configFile(options),
  reason: options.reason,
  by,
  clock: surroundings.clock,
})

function addPolicy(sluice: Command, context: Context): void {
  const policy = sluice.command('policy').description('what portfolios may do')
  const check = ['sluice policy check policy.yaml']
  command(policy, 'check', 'tell everything that is wrong with a policy file', check)
    .argument('<file>')
    .action((file: string, options: Common) =>
      context.run('policy check', options, async (screen) =>
        (await import('./policy.ts')).policyCheck(context.path(file), screen),
      ),
    )
  timed(command(policy, 'put', 'store a policy and make it the current one', ['sluice policy put policy.yaml']))
    .argument('<file>')
    .option('--accept-caps', 'store caps that grow tenfold or more without asking')
    .action((file: string, options: Common & { readonly acceptCaps?: boolean }) =>
      context.withDeployment('policy put', options, async (deployment, screen) => {
        const { policyPut } = await import('./policy.ts')
        return policyPut(context.path(file), { by: context.by, acceptCaps: options.acceptCaps }, deployment, screen)
      }),
    )
}

interface VerifyTyped extends Common {
  readonly from?: number
  readonly chain?: string
  readonly file?: string
}

function addAudit(sluice: Command, context: Context): void {
  const audit = sluice.command('audit').description('the log of every money-relevant act')
  const verify = ['sluice audit verify', 'sluice audit verify --file audit.jsonl --json']
  timed(command(audit, 'verify', 'whether the log is as it was written, and the state its fold', verify))
    .option('--from <n>', 'with --chain: only its records from this one on, and no state', wholeNumber(1, 1e9))
    .option('--chain <name>', 'only the records of one chain, such as meta:123 or portfolio/eu')
    .option('--file <file>', 'an export instead of the tables')
    .action(({ file, ...options }: VerifyTyped) =>
      context.withDeployment('audit verify', options, async (deployment, screen) => {
        const where = file === undefined ? {} : { file: context.path(file) }
        return (await import('./audit.ts')).auditVerify({ ...options, ...where }, deployment, screen)
      }),
    )
  timed(command(audit, 'export', 'write the whole log to a file, JSON lines', ['sluice audit export audit.jsonl']))
    .argument('<file>')
    .action((file: string, options: Common) =>
      context.withDeployment('audit export', options, async (deployment, screen) =>
        (await import('./audit.ts')).auditExport(context.path(file), deployment, screen),
      ),
    )
}

function addRestore(sluice: Command, context: Context): void {
  const shown = ['sluice restore audit.jsonl']
  timed(command(sluice, 'restore', 'put an export of the audit, and the state it leads to, into empty tables', shown))
    .argument('<file>')
    .action((file: string, options: Common) =>
      context.withDeployment('restore', options, async (deployment, screen) =>
        (await import('./audit.ts')).restore(context.path(file), context.by, deployment, screen),
      ),
    )
}

function addInit(sluice: Command, context: Context): void {
  const shown = ['sluice init', 'sluice init --folder shop']
  command(sluice, 'init', 'write a configuration and a policy to start from', shown)
    .option('--folder <folder>', 'where to', '.')
    .action((options: Common & { folder: string }) =>
      context.run('init', options, async (screen) =>
        (await import('./init.ts')).init(context.path(options.folder), screen),
      ),
    )
}

function addEngine(sluice: Command, context: Context): void {
  const shown = ['sluice engine', 'sluice engine --port 0 --folder data']
  command(sluice, 'engine', 'serve a DynamoDB on this machine, until Ctrl-C', shown)
    .option('--port <n>', '0 takes a free one', wholeNumber(0, 65_535), 8000)
    .option('--folder <folder>', 'where the data stay', '.sluice/engine')
    .action((options: Common & { port: number; folder: string }) =>
      context.run('engine', options, async (screen) => {
        const { engine } = await import('./engine.ts')
        return engine({ folder: context.path(options.folder), port: options.port }, screen)
      }),
    )
}
