import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Text of every document, by its path from the root. */
export type Documents = ReadonlyMap<string, string>

const NOT_OURS = new Set(['node_modules', 'cdk.out', '.git'])

export const rootText = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

export const documents = (): Documents =>
  new Map(
    globSync('**/*.md', { cwd: ROOT, exclude: (name) => NOT_OURS.has(name) })
      .toSorted()
      .map((path) => [path, rootText(path)]),
  )

/** Without fenced blocks, in which brackets and hashes mean other things. */
export const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '')

/** Anchors as GitHub makes them of headings. */
export const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(({ 1: heading = '' }) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )

/** Links to files that are not there, and to headings that are not in them. */
export function brokenLinks(documents: Documents, exists = (path: string) => existsSync(join(ROOT, path))): string[] {
  const broken: string[] = []
  for (const [path, text] of documents)
    for (const { 1: target = '' } of withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      const [file = '', anchor] = target.split('#')
      const found = file === '' ? path : normalize(join(dirname(path), file))
      if (!exists(found)) broken.push(`${path}: ${target} is not there`)
      else if (anchor !== undefined && !anchorsOf(documents.get(found) ?? '').has(anchor))
        broken.push(`${path}: ${target} is no heading there`)
    }
  return broken
}

/** Cells of every row of the tables of a text; the rows under a header included, the lines of dashes not. */
export const rowsOf = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/^\|(.+)\|$/gm)]
    .map(({ 1: line = '' }) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .filter(([first = '']) => !/^-+$/.test(first))

/** What stands in backticks in a text. */
export const codes = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(({ 1: code = '' }) => code)

/** The part of a document from a heading to the next of its level. @throws Error when there is no such heading */
export function section(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0] ?? ''
  const from = text.indexOf(`\n${heading}\n`)
  if (from < 0) throw new Error(`there is no heading "${heading}"`)
  const rest = text.slice(from + heading.length + 2)
  const to = rest.search(new RegExp(`^#{1,${level.length}} `, 'm'))
  return to < 0 ? rest : rest.slice(0, to)
}
