import type { Command } from 'commander'
import { type Common, type Context, command, timed, wholeNumber } from './context.ts'

/** The verbs of the control loop. Each loads its code when it runs. */
export function addLoopCommands(sluice: Command, context: Context): void {
  addPull(sluice, context)
  addPlan(sluice, context)
  addApply(sluice, context)
  addRollback(sluice, context)
  addReject(sluice, context)
  addStatus(sluice, context)
  addScore(sluice, context)
  addForecast(sluice, context)
  addReplay(sluice, context)
  addRun(sluice, context)
}

function addPull(sluice: Command, context: Context): void {
  timed(command(sluice, 'pull', 'read accounts now', ['sluice pull', 'sluice pull meta:1234567890']))
    .argument('[accounts...]', 'platform:id; every account of the policies when none is named')
    .action((accounts: readonly string[], options: Common) =>
      context.withDeployment('pull', options, async (deployment, screen) =>
        (await import('./pull.ts')).pull(accounts, deployment, screen),
      ),
    )
}

function addPlan(sluice: Command, context: Context): void {
  const shown = ['sluice plan', 'sluice plan eu-prospecting --out plan.json']
  timed(command(sluice, 'plan', 'decide, show and store; never writes to a platform', shown))
    .argument('[portfolio]', 'every portfolio when none is named')
    .option('--out <file>', 'save the plan, for "sluice apply <file>"')
    .option('--all', 'list every lever that is held')
    .action((portfolio: string | undefined, options: Common & { out?: string; all?: boolean }) =>
      context.withDeployment('plan', options, async (deployment, screen) => {
        const { all, out } = options
        const where = out === undefined ? {} : { out: context.path(out), outName: out }
        return (await import('./plan.ts')).plan(portfolio, { all, ...where }, deployment, screen)
      }),
    )
}

function addApply(sluice: Command, context: Context): void {
  const shown = ['sluice apply plan.json', 'sluice apply plan.json --auto-approve']
  timed(command(sluice, 'apply', 'push exactly one plan', shown))
    .argument('[plan]', 'a file of "plan --out", or the id of a plan; the newest plan when there is one portfolio only')
    .option('--auto-approve', 'do not ask')
    .option('--now', 'push although the account’s day is far on; the minutes around its midnight stay closed')
    .action((plan: string | undefined, options: Common & { autoApprove?: boolean; now?: boolean }) =>
      context.withDeployment('apply', options, async (deployment, screen) => {
        const { autoApprove, now } = options
        const given = { cwd: context.surroundings.cwd, by: context.by, autoApprove, now }
        return (await import('./apply.ts')).apply(plan, given, deployment, screen)
      }),
    )
}

function addRollback(sluice: Command, context: Context): void {
  const shown = ['sluice rollback 3f0c… --dry-run', 'sluice rollback 3f0c… --auto-approve']
  timed(command(sluice, 'rollback', 'stop a plan and take back what it has done, as a plan like any other', shown))
    .argument('<plan>', 'the id of a plan')
    .option('--dry-run', 'show what would go back, and what cannot; store and push nothing')
    .option('--rest', 'leave out levers that have moved since; without it they stop the rollback')
    .option('--auto-approve', 'do not ask')
    .action((plan: string, options: Common & { dryRun?: boolean; rest?: boolean; autoApprove?: boolean }) =>
      context.withDeployment('rollback', options, async (deployment, screen) => {
        const { dryRun, rest, autoApprove } = options
        const given = { cwd: context.surroundings.cwd, by: context.by, dryRun, rest, autoApprove }
        return (await import('./rollback.ts')).rollback(plan, given, deployment, screen)
      }),
    )
}

function addReject(sluice: Command, context: Context): void {
  timed(command(sluice, 'reject', 'push nothing more of a plan; what it has pushed stays', ['sluice reject 3f0c…']))
    .argument('<plan>', 'the id of a plan')
    .action((plan: string, options: Common) =>
      context.withDeployment('reject', options, async (deployment, screen) =>
        (await import('./reject.ts')).reject(plan, { by: context.by }, deployment, screen),
      ),
    )
}

function addStatus(sluice: Command, context: Context): void {
  timed(command(sluice, 'status', 'how things stand', ['sluice status', 'sluice status --json'])).action(
    (options: Common) =>
      context.withDeployment('status', options, async (deployment, screen) =>
        (await import('./status-view.ts')).status(deployment, screen),
      ),
  )
}

function addScore(sluice: Command, context: Context): void {
  const shown = ['sluice score', 'sluice score --portfolio eu-prospecting --json']
  timed(command(sluice, 'score', 'compare what plans predicted with what came', shown))
    .option('--portfolio <id>', 'every portfolio when none is named')
    .action((options: Common & { portfolio?: string }) =>
      context.withDeployment('score', options, async (deployment, screen) =>
        (await import('./score.ts')).score(options.portfolio, deployment, screen),
      ),
    )
}

interface ForecastTyped extends Common {
  readonly portfolio?: string
  readonly total?: string
  readonly daily?: string
  readonly change?: string
  readonly from?: string
  readonly to?: string
  readonly steps: number
  readonly all?: boolean
}

function addForecast(sluice: Command, context: Context): void {
  const shown = [
    'sluice forecast --change +15%',
    'sluice forecast --portfolio eu-prospecting --total "50000 EUR"',
    'sluice forecast --from "40000 EUR" --to "60000 EUR" --steps 5 --json',
  ]
  timed(command(sluice, 'forecast', 'what another total would bring, and where it would go; writes nothing', shown))
    .option('--portfolio <id>', 'every portfolio when none is named')
    .option('--total <amount>', 'of a flight as long as the policy’s, with its currency')
    .option('--daily <amount>', 'of a day, with its currency')
    .option('--change <percent>', 'of the policy’s total; +15% where nothing is asked')
    .option('--from <amount>', 'least total of a range')
    .option('--to <amount>', 'largest total of a range')
    .option('--steps <n>', 'totals on the curve', wholeNumber(2, 50), 7)
    .option('--all', 'list every campaign')
    .action(({ portfolio, ...options }: ForecastTyped) =>
      context.withDeployment('forecast', options, async (deployment, screen) =>
        (await import('./forecast.ts')).forecastTotals(portfolio, options, deployment, screen),
      ),
    )
}

function addReplay(sluice: Command, context: Context): void {
  const shown = ['sluice replay', 'sluice replay eu-prospecting --days 7 --policy changed.yaml --json']
  timed(command(sluice, 'replay', 'decide again what was decided, and list what differs; writes nothing', shown))
    .argument('[portfolio]', 'every portfolio when none is named')
    .option('--days <n>', 'how far back', wholeNumber(1, 400), 30)
    .option('--policy <file>', 'decide by this policy instead of those of then')
    .action((portfolio: string | undefined, options: Common & { days: number; policy?: string }) =>
      context.withDeployment('replay', options, async (deployment, screen) => {
        const { days, policy } = options
        const asked = { days, ...(policy === undefined ? {} : { policy: context.path(policy) }) }
        return (await import('./replay.ts')).replay(portfolio, asked, deployment, screen)
      }),
    )
}

function addRun(sluice: Command, context: Context): void {
  const shown = ['sluice run', 'sluice run --at 2026-11-21T02:00:00Z --json']
  timed(command(sluice, 'run', 'one turn of every stage that is due', shown)).action((options: Common) =>
    context.withDeployment('run', options, async (deployment, screen) =>
      (await import('./run.ts')).runDue(deployment, screen),
    ),
  )
}
