import type { Command } from 'commander'
import { type Common, type Context, command, timed, wholeNumber } from './context.ts'

/** What the guard has noticed, and what a person does about it. Each loads its code when it runs. */
export function addGuardCommands(sluice: Command, context: Context): void {
  addAlerts(sluice, context)
  addSettling(sluice, context)
  addResume(sluice, context)
  addBacktest(sluice, context)
}

function addAlerts(sluice: Command, context: Context): void {
  timed(command(sluice, 'alerts', 'what the guard has noticed', ['sluice alerts', 'sluice alerts --all --json']))
    .option('--all', 'those of the last month that are over, too')
    .action((options: Common & { all?: boolean }) =>
      context.withDeployment('alerts', options, async (deployment, screen) =>
        (await import('./alerts.ts')).alerts(options.all === true, deployment, screen),
      ),
    )
}

/** The three ways to take an alert up. */
function addSettling(sluice: Command, context: Context): void {
  const shown = (verb: string): readonly string[] => [
    `sluice ${verb} 1f2e3d4c`,
    `sluice ${verb} 1f2e3d4c --note "agency is on it"`,
  ]
  const about = 'take an alert up: the guard does nothing more about it'
  settling(command(sluice, 'acknowledge', about, shown('acknowledge')), 'acknowledged', context)
  settling(command(sluice, 'resolve', 'say that an alert is over', shown('resolve')), 'resolved', context)
  timed(command(sluice, 'snooze', 'put an alert off', ['sluice snooze 1f2e3d4c', 'sluice snooze 1f2e3d4c --hours 24']))
    .argument('<alert>', 'as "sluice alerts" shows it')
    .option('--hours <n>', 'it is told again after that, if it still trips', wholeNumber(1, 168), 4)
    .option('--note <text>', 'for the record')
    .action((alert: string, options: Common & { hours: number; note?: string }) =>
      context.withDeployment('snooze', options, async (deployment, screen) => {
        const { hours, note } = options
        const asked = { state: 'snoozed', hours, note, by: context.by } as const
        return (await import('./alerts.ts')).settleAlert(alert, asked, deployment, screen)
      }),
    )
}

function settling(made: Command, state: 'acknowledged' | 'resolved', context: Context): void {
  timed(made)
    .argument('<alert>', 'as "sluice alerts" shows it')
    .option('--note <text>', 'for the record')
    .action((alert: string, options: Common & { note?: string }) =>
      context.withDeployment(made.name(), options, async (deployment, screen) => {
        const asked = { state, note: options.note, by: context.by }
        return (await import('./alerts.ts')).settleAlert(alert, asked, deployment, screen)
      }),
    )
}

function addResume(sluice: Command, context: Context): void {
  timed(command(sluice, 'resume', 'start again what the guard has paused for an alert', ['sluice resume 1f2e3d4c']))
    .argument('<alert>', 'as "sluice alerts" shows it')
    .action((alert: string, options: Common) =>
      context.withDeployment('resume', options, async (deployment, screen) =>
        (await import('./resume.ts')).resume(alert, context.by, deployment, screen),
      ),
    )
}

function addBacktest(sluice: Command, context: Context): void {
  const shown = ['sluice backtest', 'sluice backtest eu-prospecting --rule spendVelocity --days 35']
  timed(command(sluice, 'backtest', 'when each breaker would have tripped on what was recorded', shown))
    .argument('[portfolio]', 'every portfolio when none is named')
    .option('--rule <name>', 'one breaker, by its name in the policy')
    .option('--days <n>', 'days back from yesterday', wholeNumber(1, 90), 28)
    .action((portfolio: string | undefined, options: Common & { rule?: string; days: number }) =>
      context.withDeployment('backtest', options, async (deployment, screen) =>
        (await import('./backtest.ts')).backtest(portfolio, options, deployment, screen),
      ),
    )
}
