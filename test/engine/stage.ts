import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { accountKey } from '../../lib/model/account.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import { auditArchive } from '../../lib/store/audit-archive.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import { physicalName, TABLES } from '../../lib/store/tables.ts'
import { HOUR_MS, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { createTables } from '../../playground/dynamodb/create-tables.ts'
import type { Dice } from '../sim/dice.ts'
import { broken } from '../simulation/invariants.ts'
import { A, MORNING, type Move, type Rig, rig } from '../simulation/rig.ts'
import { clientOf, runAll } from './turns.ts'

/** A portfolio of one account with three budgets on tables of its own, and who looks at them past all faults. */
export interface EngineStage {
  readonly rig: Rig
  readonly prefix: string
  readonly client: DynamoDBClient
  close(): Promise<void>
}

const BUDGETS = ['10', '11', '12'] as const

/** @param nth no two lives on an engine begin at the same instant: it keeps request tokens across tables */
export async function engineStage(endpoint: string, prefix: string, nth: number): Promise<EngineStage> {
  const client = clientOf(endpoint)
  await createTables(client, prefix)
  const stage = await rig({
    stores: dynamoStores({ client, prefix }),
    policy: { owner: prefix },
    start: later(MORNING, nth),
    budgets: { '1': { '10': 100, '11': 200, '12': 300 } },
  })
  await stage.ready()
  return {
    rig: stage,
    prefix,
    client,
    async close() {
      for (const { name } of TABLES)
        await client.send(new DeleteTableCommand({ TableName: physicalName(prefix, name) }))
      client.destroy()
    },
  }
}

/** What a tick brings for the account: what is open is settled, chunks are pushed, the account is read. */
export const tick = ({ now }: Rig): readonly StageMessage[] => {
  const turn = now()
  const key = accountKey(A)
  return [
    { stage: 'verify', key, turn, attempt: 0 },
    { stage: 'act', key, turn, attempt: 0 },
    { stage: 'act', key, turn, attempt: 1 },
    { stage: 'pull', key, turn, attempt: 0 },
  ]
}

/** A plan of one to three moves by up to a fifth, in whole euros, from where the records stand. */
export async function planSome(stage: Rig, dice: Dice): Promise<void> {
  const moves: Move[] = []
  for (const id of dice.shuffled(BUDGETS).slice(0, 1 + dice.below(3))) {
    const { known } = await stage.state(A, id)
    if (known.kind !== 'money') continue
    const units = Number(known.amount.micros / 1_000_000n)
    const to = Math.max(20, Math.round(units * (0.8 + 0.39 * dice.roll())))
    if (to !== units) moves.push([A, id, to])
  }
  if (moves.length > 0) await stage.plan(moves)
}

/** Somebody sets a budget by hand, within the caps. */
export function editSome(stage: Rig, dice: Dice): void {
  const id = dice.pick(BUDGETS)
  const micros = stage.ads.micros(A, id) ?? 0n
  stage.ads.human(A, id, (micros / 10_000_000n) * 9_000_000n)
}

/** No more faults: in some quarters of an hour everything is settled, every record true and the log its own proof. */
export async function atRest({ rig: stage, client, prefix }: EngineStage): Promise<readonly string[]> {
  for (let i = 0; i < 3; i++) {
    stage.wait(i === 2 ? HOUR_MS : 5 * MINUTE_MS)
    await runAll(tick(stage), stage.worker(`calm-${i}`))
  }
  const found = [...(await broken(stage))]
  for (const state of (await stage.loop.money.allLevers(A)).values()) {
    if (state.pending) found.push(`${state.lever.id} is still pending`)
    const stands = stage.ads.micros(A, state.lever.id)
    if (state.known.kind === 'money' && state.known.amount.micros !== stands)
      found.push(`${state.lever.id} is known at ${state.known.amount.micros}, and stands at ${stands}`)
  }
  for (const { findings } of await auditArchive({ client, prefix }).verify(stage.now()))
    found.push(...findings.map(({ problem }) => problem))
  return found
}
