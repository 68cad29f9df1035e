import type { Loop } from '../../lib/control/loop.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import type { AdPlatform } from '../../lib/ports/platform.ts'
import { type Instant, later } from '../../lib/units/calendar.ts'

/** One call of a port: what the world can tell of a worker, and where it can strike. */
export interface Effect {
  readonly name: string
  readonly args: readonly unknown[]
  readonly happen: () => Promise<unknown>
}

interface Parked extends Effect {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** One invocation of a stage. */
export interface Worker {
  readonly name: string
  readonly message: StageMessage
  /** How far its clock is off. */
  readonly skewMs: number
  readonly startedAt: Instant
  readonly loop: Loop
  state: 'runs' | 'asleep' | 'done' | 'failed' | 'killed'
  failure?: unknown
  result?: unknown
  wakesAt?: Instant
  /** Calls that it waits for. */
  readonly parked: Parked[]
  /** Told whenever the state changes. */
  changed: () => void
  /** By what it has looked at: the number of the event at which it did so last. */
  readonly looked: Map<string, { readonly event: number; readonly saw: unknown }>
}

/** How the world takes a call: what strikes it before and after it has happened. */
export type Strike = 'killed-before' | 'killed-after' | 'fails-before' | 'fails-after' | 'sleeps' | undefined

export interface Surroundings {
  now(): Instant
  /** Asked before every effect; it may move the world. */
  before(worker: Worker, effect: Effect): Strike
  /** Numbers the effect that happens now: calls that a worker makes at once are answered later, and in turn. */
  happens(): number
  /** Told after every effect that happened. */
  after(worker: Worker, effect: Effect, value: unknown, event: number): void
}

/** An answer that did not come: nobody can tell from it whether the call took effect. */
export class NoAnswer extends Error {
  constructor(name: string) {
    super(`${name}: no answer`)
    this.name = 'NoAnswer'
  }
}

export interface Crew {
  hire(message: StageMessage, skewMs: number): Worker
  /** Runs a worker alone, until it is over or asleep. */
  alone(worker: Worker, work: (loop: Loop) => Promise<unknown>): Promise<void>
  /** Starts workers that run abreast: `next` picks who goes on, at every effect. */
  abreast(
    starting: readonly { readonly worker: Worker; readonly work: (loop: Loop) => Promise<unknown> }[],
    woken: readonly Worker[],
    next: (ready: readonly Worker[]) => Worker,
  ): Promise<void>
}

/** Never settles, and is held by nobody: so dies a Lambda, with none of its error handling. */
const forever = (): Promise<never> => new Promise<never>(() => {})

/** Everything in a world is made of promises alone: a tick comes when none of them has anything left to do. */
const whenAllWait = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

/**
 * Workers between whose calls of ports the world may do as it likes: everything that the stages do to the world passes
 * here, so that each call is one point at which they can be struck or interleaved.
 */
export function crew(loop: Loop, world: Surroundings): Crew {
  let isAlone = true
  let hired = 0
  const ownLoop = loopsFor(loop, world, (worker, effect) => call(worker, effect))

  async function happen(worker: Worker, effect: Effect): Promise<unknown> {
    if (worker.state === 'killed') return forever()
    const strike = world.before(worker, effect)
    if (strike === 'sleeps') return parked(worker, effect, 'asleep')
    if (strike === 'killed-before') return killed(worker)
    if (strike === 'fails-before') throw new NoAnswer(effect.name)
    const event = world.happens()
    const value = await effect.happen()
    world.after(worker, effect, value, event)
    if (strike === 'killed-after') return killed(worker)
    if (strike === 'fails-after') throw new NoAnswer(effect.name)
    return value
  }

  function killed(worker: Worker): Promise<never> {
    worker.state = 'killed'
    worker.changed()
    return forever()
  }

  const parked = (worker: Worker, effect: Effect, state: 'runs' | 'asleep'): Promise<unknown> =>
    new Promise((resolve, reject) => {
      worker.parked.push({ ...effect, resolve, reject })
      if (state === 'asleep') {
        worker.state = 'asleep'
        worker.changed()
      }
    })

  const call = (worker: Worker, effect: Effect): Promise<unknown> => {
    if (worker.state === 'killed') return forever()
    // A call beside one that the worker sleeps in waits with it.
    if (worker.state === 'asleep') return parked(worker, effect, 'asleep')
    return isAlone ? happen(worker, effect) : parked(worker, effect, 'runs')
  }

  function begin(worker: Worker, work: (loop: Loop) => Promise<unknown>): void {
    const end = (state: 'done' | 'failed', part: Partial<Worker>): void => {
      if (worker.state === 'killed') return
      Object.assign(worker, part)
      worker.state = state
      worker.changed()
    }
    work(worker.loop).then(
      (result) => end('done', { result }),
      (failure: unknown) => end('failed', { failure }),
    )
  }

  const release = (worker: Worker, index: number): void => {
    const [one] = worker.parked.splice(index, 1)
    if (one) happen(worker, one).then(one.resolve, one.reject)
  }

  /** Lets a worker go on by itself, with what it waited for in the order in which it asked. */
  const goOn = (worker: Worker): Promise<void> =>
    new Promise((resolve) => {
      worker.changed = resolve
      while (worker.state === 'runs' && worker.parked.length > 0) release(worker, 0)
      if (worker.state !== 'runs') resolve()
    })

  async function drive(all: readonly Worker[], next: (ready: readonly Worker[]) => Worker): Promise<void> {
    for (;;) {
      await whenAllWait()
      const running = all.filter(({ state }) => state === 'runs')
      const [first] = running
      if (!first) return
      if (running.length === 1) {
        isAlone = true
        return goOn(first)
      }
      const ready = running.filter(({ parked: calls }) => calls.length > 0)
      release(ready.length === 1 ? ready[0]! : next(ready), 0)
    }
  }

  return {
    hire(message, skewMs) {
      hired += 1
      const worker: Worker = {
        name: `w${hired}`,
        message,
        skewMs,
        startedAt: world.now(),
        loop,
        state: 'runs',
        parked: [],
        changed: () => {},
        looked: new Map(),
      }
      return Object.assign(worker, { loop: ownLoop(worker) })
    },
    async alone(worker, work) {
      isAlone = true
      const over = new Promise<void>((resolve) => {
        worker.changed = resolve
      })
      begin(worker, work)
      await over
    },
    async abreast(starting, woken, next) {
      isAlone = false
      // A turn may have failed by one of its calls while another of them fell asleep: there is nothing to go on with.
      for (const worker of woken) if (worker.state === 'asleep') worker.state = 'runs'
      for (const { worker, work } of starting) begin(worker, work)
      await drive([...starting.map(({ worker }) => worker), ...woken], next)
      isAlone = true
    },
  }
}

type Call = (worker: Worker, effect: Effect) => Promise<unknown>
type Method = (...args: unknown[]) => Promise<unknown>
interface Bound {
  worker: Worker
}

/** What each worker's port is made from: every method is an effect under the name `port.method`. */
function kindOf<T extends object>(port: T, name: string, call: Call): T {
  const kind: Record<string, unknown> = {}
  for (const method of Object.keys(port)) {
    const own = Reflect.get(port, method) as Method
    if (typeof own !== 'function') continue
    const full = `${name}.${method}`
    kind[method] = function (this: Bound, ...args: unknown[]): Promise<unknown> {
      return call(this.worker, { name: full, args, happen: () => own(...args) })
    }
  }
  return kind as T
}

const bound = <T extends object>(kind: T, worker: Worker): T => {
  const port = Object.create(kind) as T & Bound
  port.worker = worker
  return port
}

const PORTS = [
  'policies',
  'facts',
  'plans',
  'orders',
  'scores',
  'money',
  'freezes',
  'alerts',
  'claims',
  'archive',
  'rates',
  'queue',
] as const

/**
 * Makes the loop as one worker has it: its own clock, and nothing of the world without a call that is noticed. Made for
 * thousands of workers a second: what all of them share is put together once.
 */
function loopsFor(loop: Loop, world: Surroundings, call: Call): (worker: Worker) => Loop {
  const kinds = PORTS.map((name) => [name, kindOf(loop[name], name, call)] as const)
  const adapters = new Map<
    string,
    { readonly platform: AdPlatform; readonly reader: AdPlatform['reader']; readonly writer: AdPlatform['writer'] }
  >()
  const adapterOf = (id: Parameters<Loop['platforms']>[0]) => {
    const known = adapters.get(id)
    if (known) return known
    const platform = loop.platforms(id)
    const made = {
      platform,
      reader: kindOf(platform.reader, 'reader', call),
      writer: kindOf(platform.writer, 'writer', call),
    }
    adapters.set(id, made)
    return made
  }
  return (worker) => {
    const now = (): Instant => later(world.now(), worker.skewMs)
    const ports = Object.fromEntries(kinds.map(([name, kind]) => [name, bound(kind as object, worker)]))
    const own = new Map<string, AdPlatform>()
    const platforms: Loop['platforms'] = (id) => {
      const known = own.get(id)
      if (known) return known
      const { platform, reader, writer } = adapterOf(id)
      const made = { ...platform, reader: bound(reader, worker), writer: timely(bound(writer, worker), platform, now) }
      own.set(id, made)
      return made
    }
    return { ...loop, ...(ports as Partial<Loop>), worker: worker.name, clock: { now }, platforms }
  }

  /** What is not to be sent any more by the worker's own clock is refused where it would be sent. */
  function timely(writer: AdPlatform['writer'] & Partial<Bound>, platform: AdPlatform, now: () => Instant) {
    writer.apply = (account, changes, notAfter, look) =>
      call(writer.worker!, {
        name: 'writer.apply',
        args: [account, changes, notAfter],
        happen: () =>
          notAfter !== undefined && now() > notAfter
            ? Promise.resolve(changes.map(() => TOO_LATE))
            : platform.writer.apply(account, changes, notAfter, look),
      }) as ReturnType<AdPlatform['writer']['apply']>
    return writer
  }
}

const TOO_LATE = {
  kind: 'refused',
  failure: { kind: 'transient', detail: 'the run is out of time' },
} as const
