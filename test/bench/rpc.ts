/** Questions and answers between a process and one that it forked. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

interface Question {
  readonly id: number
  readonly call: string
  readonly with: unknown
}

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string })

export interface Remote {
  readonly child: ChildProcess
  /** @throws Error with the other side's message; when the other side has ended */
  ask<T>(call: string, argument?: unknown): Promise<T>
  close(): Promise<void>
}

export interface ForkOptions {
  readonly nodeFlags?: readonly string[]
  /** The one processor that it may use, and all that it forks; Linux with taskset only. */
  readonly pinnedTo?: number
}

/** Starts a module that calls `answering`. */
export function startRemote(module: string, { nodeFlags = [], pinnedTo }: ForkOptions = {}): Remote {
  const pin = pinnedTo === undefined ? [] : ['taskset', '-c', String(pinnedTo)]
  const [command = process.execPath, ...flags] = [...pin, process.execPath, ...nodeFlags]
  // Only `advanced` carries bigints.
  const child = fork(module, { execPath: command, execArgv: flags, serialization: 'advanced' })
  const open = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  let questions = 0
  child.on('message', (answer: Answer) => {
    const asked = open.get(answer.id)
    open.delete(answer.id)
    if ('error' in answer) asked?.reject(new Error(answer.error))
    else asked?.resolve(answer.value as never)
  })
  child.on('exit', (code) => {
    for (const { reject } of open.values()) reject(new Error(`${module} ended with code ${code}`))
    open.clear()
  })
  return {
    child,
    ask: (call, argument) =>
      new Promise((resolve, reject) => {
        const id = ++questions
        open.set(id, { resolve, reject })
        child.send({ id, call, with: argument } satisfies Question)
      }),
    async close() {
      if (!child.connected) return
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

/** The other side: answers by name, one question at a time, until the asking process lets go. */
export function answering(answers: Readonly<Record<string, (argument: never) => Promise<unknown>>>): void {
  let before: Promise<unknown> = Promise.resolve()
  process.on('message', ({ id, call, with: argument }: Question) => {
    before = before.then(async () => process.send?.(await answerTo(id, answers[call], argument)))
  })
  process.on('disconnect', () => process.exit())
}

async function answerTo(
  id: number,
  answer: ((argument: never) => Promise<unknown>) | undefined,
  argument: unknown,
): Promise<Answer> {
  try {
    if (!answer) throw new RangeError('no such call')
    return { id, value: await answer(argument as never) }
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
