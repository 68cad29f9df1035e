import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { LogLine } from '../../functions/composition/log.ts'
import { approvePlan } from '../../lib/control/approve.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { observe } from '../../lib/control/observe.ts'
import { openPortfolioDay } from '../../lib/control/portfolio-day.ts'
import { type AccountKey, accountKey, sameAccount } from '../../lib/model/account.ts'
import type { ChangeDecision, PlanHeader, PlanId } from '../../lib/model/plan.ts'
import type { Policy, PolicyVersion } from '../../lib/model/policy.ts'
import type { AccountStructure } from '../../lib/model/structure.ts'
import { dateAt, type Instant, isoInstant } from '../../lib/units/calendar.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { checkDayRise, checkStands, checkUnblocked, pastMidnight, pushableFrom } from './apply-checks.ts'
import { applyJson, receiptsText } from './apply-view.ts'
import { Blocked, EXIT, type ExitCode } from './exit.ts'
import { readPlanFile } from './plan-file.ts'
import { blockedBy, changesOf, planText, type ShownPlan, summaryText } from './plan-view.ts'
import { type Receipt, receiptsOf } from './receipts.ts'
import { failures, turnText } from './turn-lines.ts'
import { startTurns } from './turns.ts'

export interface ApplyOptions {
  /** Plan files are looked for from here. */
  readonly cwd: string
  readonly autoApprove?: boolean | undefined
  /** Push whatever the time of the account's day. */
  readonly now?: boolean | undefined
  /** Who approves, for the record. */
  readonly by: string
}

/** Without progress in so many rounds nothing more will come of trying: raises wait for cuts that are not settled. */
const ROUNDS_MAX = 200

/**
 * Applies exactly one plan: checks that it still is what was made, shows it, asks, approves, and runs act and verify
 * until its chunks are done. A plan that was applied before is only reported.
 *
 * @param target a file of `plan --out`, a plan's id, or undefined for the newest plan of the only portfolio
 */
export async function apply(
  target: string | undefined,
  options: ApplyOptions,
  deployment: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const { desk } = deployment
  const header = await headerOf(target, options.cwd, desk)
  if (await isFinished(header, desk)) return reportOld(header, deployment, screen)
  const version = await desk.policies.current(header.portfolio)
  const now = desk.clock.now()
  checkStands(header, version, now)
  const shown: ShownPlan = { header, decisions: await desk.plans.decisions(header), drifts: [] }
  const structures = await checkUnblocked(header, changesOf(shown), desk)
  if (options.now) for (const one of structures) await checkDayRise(version.policy, changesFor(one, shown), one, desk)
  const windows = windowsOf(header, version.policy, structures, options, now)
  await confirm(shown, options, screen)
  const approved = await approvePlan(header, options.by, desk)
  await openDay(version, desk)
  for (const one of windows) if (one.from !== now) screen.warn(notNow(header, [one]))
  const accounts = windows.filter(({ from }) => from === now).map(({ account }) => account)
  const lines = await pushAll(approved, accounts, options, deployment, screen)
  return report(approved, lines, desk, screen)
}

const changesFor = ({ account }: AccountStructure, shown: ShownPlan): readonly ChangeDecision[] =>
  changesOf(shown).filter(({ change }) => sameAccount(change.lever.account, account))

/** When an account may be pushed to. */
interface Window {
  readonly account: AccountKey
  /** Undefined: not before the plan is out of date. */
  readonly from: Instant | undefined
  /** Whether a person may have it pushed at once. */
  readonly mayNow: boolean
  /** The end of the minutes around its midnight, if it is within them. */
  readonly pastMidnight: Instant
}

/** @throws Blocked when no account can be pushed to in the plan's time: then it is not worth approving */
function windowsOf(
  header: PlanHeader,
  policy: Policy,
  structures: readonly AccountStructure[],
  options: ApplyOptions,
  now: Instant,
): readonly Window[] {
  const windows = structures.map((structure) => ({
    account: accountKey(structure.account),
    from: pushableFrom(header, policy, structure, now, options.now === true),
    mayNow: pushableFrom(header, policy, structure, now, true) === now,
    pastMidnight: pastMidnight(header, policy, structure, now),
  }))
  if (windows.length > 0 && windows.every(({ from }) => from === undefined)) throw new Blocked(notNow(header, windows))
  return windows
}

/** @param windows that are not open, and that open alike */
function notNow({ id, occasion, rollsBack }: PlanHeader, windows: readonly Window[]): string {
  const accounts = windows.map(({ account }) => account).join(' and ')
  const end = isoInstant(Math.max(...windows.map((one) => one.pastMidnight)) as Instant)
  const [{ from } = {}] = windows
  const when = ((): string => {
    if (from !== undefined)
      return `it will be from ${isoInstant(from)} on, by the next "sluice run" or the deployed schedule`
    if (occasion === 'daily') return 'before its next morning another day’s plan takes over, so plan again then'
    const again = rollsBack ? `"sluice rollback ${rollsBack}"` : `"sluice apply ${id}"`
    return `the minutes around its midnight are kept free; pull and try ${again} again from ${end} on`
  })()
  const atOnce = windows.every(({ mayNow }) => mayNow) ? '; or at once, with --now' : ''
  return `${accounts} is not pushed to at this time of its day: ${when}${atOnce}`
}

async function headerOf(target: string | undefined, cwd: string, desk: Loop): Promise<PlanHeader> {
  const id = target === undefined ? await newest(desk) : await idOf(target, cwd)
  const header = await desk.plans.header(id)
  if (!header)
    throw new Error(
      `plan ${id} is not in these tables: it was made against others, or is older than plans are kept; make a new one with "sluice plan"`,
    )
  return header
}

async function idOf(target: string, cwd: string): Promise<PlanId> {
  const path = resolve(cwd, target)
  return /^[0-9a-f]{24}$/.test(target) && !existsSync(path) ? (target as PlanId) : (await readPlanFile(path)).id
}

async function newest(desk: Loop): Promise<PlanId> {
  const [portfolio, ...others] = await desk.policies.portfolios()
  if (portfolio === undefined)
    throw new Error('no policy is stored yet: store one with "sluice policy put policy.yaml"')
  if (others.length > 0) throw new Error('there is more than one portfolio: name a plan file or the id of a plan')
  const header = await desk.plans.latest(portfolio)
  if (!header) throw new Error(`portfolio ${portfolio} has no plan yet: make one with "sluice plan"`)
  return header.id
}

async function isFinished(header: PlanHeader, desk: Loop): Promise<boolean> {
  const progress = await desk.plans.progress(header.id)
  return header.accounts.every(({ account, chunks }) => (progress?.cursors[account] ?? 0) >= chunks.length)
}

/** @throws Error when a person must be asked and there is none, or says no */
async function confirm(shown: ShownPlan, { autoApprove }: ApplyOptions, screen: Screen): Promise<void> {
  const { header } = shown
  if (autoApprove || header.approval.kind === 'approved' || header.mode === 'shadow')
    return screen.tell(summaryText(shown))
  if (!screen.canAsk)
    throw new Error('nobody can be asked here: look at the plan with "sluice plan", then apply it with --auto-approve')
  const accounts = header.accounts.length
  screen.warn(planText(shown, screen.paint, false))
  const answer = await screen.ask(
    `Apply ${changesOf(shown).length} changes to ${accounts} account${accounts === 1 ? '' : 's'}? Only "yes" applies: `,
  )
  if (answer !== 'yes') throw new Error(`not applied: the answer was "${answer}"`)
}

/** A daily turn opens the portfolio's day; where none ran today, this does. */
async function openDay(version: PolicyVersion, desk: Loop): Promise<void> {
  const { portfolio, zone } = version.policy
  if (await desk.money.portfolioDay(portfolio, dateAt(desk.clock.now(), zone))) return
  await openPortfolioDay(await observe(version, 'daily', desk), desk)
}

/** Act and verify, account by account, for as long as a round brings the plan on. */
async function pushAll(
  header: PlanHeader,
  accounts: readonly AccountKey[],
  options: ApplyOptions,
  deployment: Deployment,
  screen: Screen,
): Promise<readonly LogLine[]> {
  const { desk, clock } = deployment
  const asked = { plan: header.id, now: options.now === true }
  const turns = await startTurns(deployment, (line) => screen.tell(turnText(line, screen.paint)), { asked })
  const version = async (): Promise<number> => (await desk.plans.progress(header.id))?.version ?? 0
  for (let round = 0; round < ROUNDS_MAX && accounts.length > 0 && !(await isFinished(header, desk)); round += 1) {
    const before = await version()
    const turn = clock.now()
    // Higher than that of any turn of this instant before: each turn that does something raises the version.
    const attempt = 2 * before + round
    for (const stage of ['act', 'verify'] as const)
      await turns.run(accounts.map((key) => ({ stage, key, turn, attempt })))
    if ((await version()) === before) break
  }
  return turns.lines
}

/** @throws Blocked where a rule keeps the plan from changing anything: as "sluice plan" ends with it */
async function reportOld(header: PlanHeader, deployment: Deployment, screen: Screen): Promise<ExitCode> {
  const receipts = await settled(header, deployment, screen)
  const decisions = receipts.length === 0 ? await deployment.desk.plans.decisions(header) : []
  const blocked = blockedBy({ header, decisions, drifts: [] })
  if (blocked) throw new Blocked(`plan ${header.id} changes nothing: ${blocked.detail}`)
  screen.tell(
    receipts.length === 0
      ? `plan ${header.id} changes nothing: there is nothing to apply`
      : `plan ${header.id} was applied before: nothing is sent, these are its receipts`,
  )
  screen.print(receiptsText(receipts, screen.paint))
  screen.record(applyJson(header, 'already-applied', receipts))
  return EXIT.done
}

/** The receipts, after another look at what was left unknown. */
async function settled(header: PlanHeader, deployment: Deployment, screen: Screen): Promise<readonly Receipt[]> {
  const receipts = await receiptsOf(header, deployment.desk)
  const unknown = new Set(receipts.filter(({ outcome }) => outcome === 'unknown').map(({ account }) => account))
  if (unknown.size === 0) return receipts
  const turns = await startTurns(deployment, (line) => screen.tell(turnText(line, screen.paint)))
  const turn = deployment.clock.now()
  await turns.run([...unknown].map((key) => ({ stage: 'verify', key, turn, attempt: 0 })))
  return receiptsOf(header, deployment.desk)
}

async function report(header: PlanHeader, lines: readonly LogLine[], desk: Loop, screen: Screen): Promise<ExitCode> {
  const receipts = await receiptsOf(header, desk)
  const failed = failures(lines)
  const { result, code } = conclusion(receipts, failed)
  screen.print(receiptsText(receipts, screen.paint))
  screen.record({ ...applyJson(header, result, receipts), failures: failed })
  for (const failure of failed) screen.warn(`failed: ${failure}`)
  if (result === 'shadowed')
    screen.warn(
      `nothing was pushed: portfolio ${header.portfolio} is in shadow; set mode: approve in its policy and store it to push`,
    )
  if (result === 'waiting')
    screen.warn(`plan ${header.id} is approved, and not all of it is pushed yet: see the levers that wait`)
  return code
}

function conclusion(receipts: readonly Receipt[], failed: readonly string[]): { result: string; code: ExitCode } {
  const cameTo = (...outcomes: readonly string[]): boolean => receipts.some(({ outcome }) => outcomes.includes(outcome))
  if (failed.length > 0 || cameTo('refused', 'mismatched', 'unknown')) return { result: 'failed', code: EXIT.failed }
  if (cameTo('shadowed')) return { result: 'shadowed', code: EXIT.blocked }
  if (cameTo('waiting')) return { result: 'waiting', code: EXIT.blocked }
  return cameTo('frozen', 'not sent')
    ? { result: 'frozen', code: EXIT.blocked }
    : { result: 'applied', code: EXIT.done }
}
