import { accountKey, parseAccountKey } from '../../lib/model/account.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { failures, turnJson, turnText } from './turn-lines.ts'
import { startTurns } from './turns.ts'

/**
 * Reads accounts now: those that are named, or every one that a policy names.
 *
 * @throws RangeError for text that is no account; Error for an account of no policy, whose conversions nobody could count
 */
export async function pull(named: readonly string[], deployment: Deployment, screen: Screen): Promise<ExitCode> {
  const asked = named.map((text) => accountKey(parseAccountKey(text)))
  const known = [
    ...new Set(
      (await deployment.desk.policies.all()).flatMap(({ policy }) =>
        policy.accounts.map(({ account }) => accountKey(account)),
      ),
    ),
  ]
  const stranger = asked.find((key) => !known.includes(key))
  if (stranger !== undefined)
    throw new Error(
      `no policy names account ${stranger}, and what is read depends on its conversion rule: add it to a policy and store that with "sluice policy put"`,
    )
  const keys = asked.length > 0 ? asked : known
  if (keys.length === 0) throw new Error('no policy is stored yet: store one with "sluice policy put policy.yaml"')
  const turn = deployment.clock.now()
  const takesOver = new Set<string>(asked)
  const turns = await startTurns(deployment, (line) => screen.print(turnText(line, screen.paint)), { takesOver })
  await turns.run([...new Set(keys)].map((key) => ({ stage: 'pull', key, turn, attempt: 0 })))
  const failed = failures(turns.lines)
  screen.record({
    schemaVersion: JSON_SCHEMA,
    command: 'pull',
    turns: turns.lines.map(turnJson),
    failed: failed.length,
  })
  for (const failure of failed) screen.warn(`failed: ${failure}`)
  return failed.length > 0 ? EXIT.failed : EXIT.done
}
