/** Feeds a parser with changed documents, holds what it accepts against an oracle, and makes what fails small. */
import { PlatformError } from '../../lib/model/failure.ts'
import { type Change, changed, dice, draw, garbled, placesOf } from './mutate.ts'

/** One parser of a platform's answers. */
export interface Target<T> {
  readonly name: string
  /** Real answers, each a document: most often one answer by what was asked. */
  readonly documents: readonly unknown[]
  /** Places nearer to the root than this are the harness's own, and stay. */
  readonly rootDepth: number
  /** A document from the text of it, as the adapter reads it. @throws PlatformError */
  readonly read: (text: string) => unknown
  /** @throws PlatformError for what it does not accept, and nothing else ever */
  readonly parse: (document: unknown) => T | Promise<T>
  /** What is wrong with a value that was accepted from a document; `undefined`: nothing. */
  readonly complaint: (value: T, document: unknown) => string | undefined
}

export interface Tally {
  readonly inputs: number
  readonly accepted: number
  readonly refused: number
}

/** Of a hundred inputs, how many are changed as text and not as documents. */
const TEXTS = 2
const CHANGES_MOST = 4

type Verdict = { readonly kind: 'accepted' | 'refused' } | { readonly kind: 'broken'; readonly why: string }

async function tried<T>(target: Target<T>, document: unknown): Promise<Verdict> {
  try {
    const parsed = target.parse(document)
    const value = parsed instanceof Promise ? await parsed : parsed
    const why = target.complaint(value, document)
    return why === undefined ? { kind: 'accepted' } : { kind: 'broken', why: `accepted, and ${why}` }
  } catch (error) {
    if (error instanceof PlatformError) return { kind: 'refused' }
    const stack =
      error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 6).join('\n') : String(error)
    return { kind: 'broken', why: `crashed: ${stack}` }
  }
}

/** @throws Error that names seed and number of the input, and the smallest input that fails alike */
export async function fuzz<T>(target: Target<T>, inputs: number, seed: number): Promise<Tally> {
  // Most inputs end in an error, whose stack would take longer than the parser.
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return await fed(target, inputs, seed)
  } finally {
    Error.stackTraceLimit = limit
  }
}

async function fed<T>(target: Target<T>, inputs: number, seed: number): Promise<Tally> {
  const sources = target.documents.map((document) => ({ document, places: placesOf(document, target.rootDepth) }))
  const texts = target.documents.map((document) => JSON.stringify(document))
  const roll = dice(seed)
  let accepted = 0
  for (let nth = 1; nth <= inputs; nth++) {
    const which = Math.floor(roll() * sources.length)
    if (roll() * 100 < TEXTS) {
      const verdict = await triedText(target, garbled(texts[which] as string, roll))
      if (verdict.kind === 'broken')
        throw new Error(`${target.name}: seed ${seed}, input ${nth}, as text: ${verdict.why}`)
      if (verdict.kind === 'accepted') accepted += 1
      continue
    }
    const { document, places } = sources[which] as (typeof sources)[number]
    const changes = Array.from({ length: 1 + Math.floor(roll() * roll() * CHANGES_MOST) }, () => draw(places, roll))
    const verdict = await tried(
      target,
      changes.reduce<unknown>((of, change) => changed(of, change), document),
    )
    if (verdict.kind === 'broken') throw new Error(await told(target, document, changes, `seed ${seed}, input ${nth}`))
    if (verdict.kind === 'accepted') accepted += 1
  }
  return { inputs, accepted, refused: inputs - accepted }
}

async function triedText<T>(target: Target<T>, text: string): Promise<Verdict> {
  try {
    return await tried(target, target.read(text))
  } catch (error) {
    if (error instanceof PlatformError) return { kind: 'refused' }
    throw error
  }
}

/** What failed, made small: the fewest changes, of the smallest document, with which it still fails. */
async function told<T>(
  target: Target<T>,
  document: unknown,
  changes: readonly Change[],
  where: string,
): Promise<string> {
  const fails = async (of: unknown, by: readonly Change[]): Promise<string | undefined> => {
    const verdict = await tried(
      target,
      by.reduce<unknown>((one, change) => changed(one, change), of),
    )
    return verdict.kind === 'broken' ? verdict.why : undefined
  }
  Error.stackTraceLimit = 10
  const kind = await fails(document, changes)
  const alike = async (of: unknown, by: readonly Change[]) => kindOf(await fails(of, by)) === kindOf(kind)
  let few = changes
  for (const change of changes) {
    const without = few.filter((one) => one !== change)
    if (without.length > 0 && (await alike(document, without))) few = without
  }
  const small = await pruned(document, target.rootDepth, (of) => alike(of, few))
  const why = await fails(small, few)
  return [`${target.name}: ${where}: ${why}`, `changes: ${shown(few)}`, `of: ${shown(small)}`].join('\n')
}

/** A complaint without its values: what is made small must go on failing for the same reason. */
const kindOf = (why: string | undefined): string | undefined =>
  why
    ?.split('\n')[0]
    ?.replaceAll(/-?\d+(\.\d+)?/g, '#')
    .slice(0, 60)

const PRUNINGS = 3_000

/** Large parts first; twice, because what was needed for one part may be needed no more without another. */
async function pruned(document: unknown, least: number, fails: (of: unknown) => Promise<boolean>): Promise<unknown> {
  let small = document
  let left = PRUNINGS
  for (let round = 0; round < 2; round++)
    for (const { path } of placesOf(small, Math.max(1, least))
      .toReversed()
      .toSorted((a, b) => a.path.length - b.path.length)) {
      const without = changed(small, { kind: 'drop', path })
      if (without !== small && left-- > 0 && (await fails(without))) small = without
    }
  return small
}

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'number' && !Number.isFinite(one)
      ? String(one)
      : typeof one === 'string' && one.length > 200
        ? `${one.slice(0, 60)}… (${one.length})`
        : one,
  )?.slice(0, 3_000) ?? 'undefined'
