/**
 * Lists too long for one item: split into parts that are written before the head which names them, so that a reader
 * sees the old whole or the new whole and never a half of each.
 */
import { type Attributes, type Item, integerIn, type Key, optionalTextIn, textIn, toItem } from './attributes.ts'
import type { Database } from './database.ts'
import { partKey, partPrefix } from './keys.ts'
import type { TableName } from './tables.ts'

/** Bytes of all lists together up to which they stand in the head itself: one request instead of two. */
const INLINE_BYTES_MAX = 32_000
const PART_BYTES_MAX = 90_000

export interface Packed {
  readonly head: Key
  /** Names this content; parts of different content never mix. */
  readonly generation: string
  /** Of the head. */
  readonly attributes: Attributes
  /** JSON texts of the elements, by list. */
  readonly lists: Readonly<Record<string, readonly string[]>>
  /** Epoch seconds after which the parts may go, if a newer generation has not replaced them before. */
  readonly partsExpireAt: number
}

export interface Unpacked {
  readonly head: Item
  /** JSON text of the whole list. */
  list(name: string): string
}

const LIST_PREFIX = 'list_'

export async function putPacked(db: Database, table: TableName, packed: Packed): Promise<void> {
  const { head, generation, attributes, lists, partsExpireAt } = packed
  const bytes = Object.values(lists).reduce((sum, list) => sum + bytesOf(list), 0)
  if (bytes <= INLINE_BYTES_MAX) {
    const inline = Object.entries(lists).map(([name, list]) => [`${LIST_PREFIX}${name}`, arrayText(list)] as const)
    await db.put(table, head, { ...attributes, generation, ...Object.fromEntries(inline), parts: 0 })
    return
  }
  const parts = Object.entries(lists).flatMap(([list, elements]) =>
    split(elements).map((rows, index) =>
      toItem({ ...partKey(head, generation, list, index), list, rows, expiresAt: partsExpireAt }),
    ),
  )
  await db.putAll(table, parts)
  await db.put(table, head, { ...attributes, generation, parts: parts.length, partsExpireAt })
}

const bytesOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)
const arrayText = (elements: readonly string[]): string => `[${elements.join(',')}]`

/** Array texts of as many elements each as fit a part. */
function split(elements: readonly string[]): readonly string[] {
  const parts: string[] = []
  let part: string[] = []
  let bytes = 0
  for (const element of elements) {
    const more = Buffer.byteLength(element) + 1
    if (part.length > 0 && bytes + more > PART_BYTES_MAX) {
      parts.push(arrayText(part))
      part = []
      bytes = 0
    }
    part.push(element)
    bytes += more
  }
  return part.length > 0 ? [...parts, arrayText(part)] : parts
}

/**
 * @returns undefined where there is no head, and where its parts have gone: what is not whole is not known, and the next
 * writing puts it right
 */
export async function getPacked(db: Database, table: TableName, head: Key): Promise<Unpacked | undefined> {
  // A second look, because a newer generation may have replaced the one whose parts we were after.
  for (let look = 0; look < 2; look += 1) {
    const item = await db.get(table, head)
    if (!item) return undefined
    const unpacked = await unpack(db, table, head, item)
    if (unpacked) return unpacked
  }
  return undefined
}

/** The same of several heads of one partition, in their order, those of which there is nothing left out. */
export async function getPackedAll(
  db: Database,
  table: TableName,
  heads: readonly Key[],
): Promise<readonly Unpacked[]> {
  const items = new Map((await db.getAll(table, heads)).map((item) => [textIn(item, 'sk'), item]))
  const unpacked = heads.map(async (head) => {
    const item = items.get(head.sk)
    return item && ((await unpack(db, table, head, item)) ?? getPacked(db, table, head))
  })
  return (await Promise.all(unpacked)).filter((one) => one !== undefined)
}

async function unpack(db: Database, table: TableName, head: Key, item: Item): Promise<Unpacked | undefined> {
  const promised = integerIn(item, 'parts')
  if (promised === 0) return { head: item, list: (name) => optionalTextIn(item, `${LIST_PREFIX}${name}`) ?? '[]' }
  const prefix = partPrefix(head, textIn(item, 'generation'))
  const parts = await db.query(table, { pk: head.pk, prefix })
  if (parts.length !== promised) return undefined
  const byList = Map.groupBy(parts, (part) => textIn(part, 'list'))
  return { head: item, list: (name) => joined((byList.get(name) ?? []).map((part) => textIn(part, 'rows'))) }
}

/** One array text of several, none of them empty. */
const joined = (arrays: readonly string[]): string => `[${arrays.map((text) => text.slice(1, -1)).join(',')}]`
