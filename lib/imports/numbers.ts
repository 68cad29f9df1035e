/** What stands before the decimals; the other of the two, a blank or an apostrophe may divide thousands. */
export type DecimalMark = '.' | ','

/** What platforms write where there is nothing: not reported, which is not zero. */
const NOTHING = new Set(['', '-', '--', '—', '–', 'n/a', 'na', 'null', 'nicht verfügbar'])
export const isNothing = (cell: string): boolean => NOTHING.has(cell.trim().toLowerCase())

/** Blanks, no-break blanks and apostrophes divide thousands in some languages; marks of currencies stand around. */
const BLANKS = /[\s\u00a0\u202f\u2009'’]/gu
const AROUND =
  /^(?<sign>[+−-]?)(?<before>[^\d.,+−-]*)(?<body>[+−-]?[\d.,][\d.,\s\u00a0\u202f\u2009'’]*)(?<after>[^\d.,]*)$/u
const PLAIN = /^-?\d+(?:[.,]\d+)*$/
/** Groups of three, where blanks divide them. */
const GROUPED = /^[+−-]?[1-9]\d{0,2}([\s\u00a0\u202f\u2009'’]\d{3})+([.,]\d+)?$/u

/** A code, a sign of a currency or a percent sign: anything else makes a cell no number. */
const UNIT = /^([A-Z]{3}|[A-Z]{0,3}\p{Sc}|zł|Kč|Ft|kr\.?|lei|Rp|RM|%)?$/u

interface Body {
  /** Digits and marks alone. */
  readonly text: string
  /** What stood around: a currency, a percent sign. */
  readonly around: string
}

/** Undefined for what is no number in any language. */
function bodyOf(cell: string): Body | undefined {
  const trimmed = cell.trim()
  // Most cells: what stands around and between digits need not be looked for.
  if (PLAIN.test(trimmed)) return { text: trimmed, around: '' }
  const match = AROUND.exec(trimmed)
  if (!match?.groups) return undefined
  const { sign = '', before = '', body = '', after = '' } = match.groups
  const written = body.trim()
  if (written.search(BLANKS) !== -1 && !GROUPED.test(written)) return undefined
  const text = `${sign}${written}`.replace(BLANKS, '').replace('−', '-').replace('+', '')
  const around = `${before} ${after}`.trim()
  return /^-?\d[\d.,]*$|^-?[.,]\d+$/.test(text) && UNIT.test(around) ? { text, around } : undefined
}

/** What stands around a number: `EUR`, `€`, `%`, or nothing. */
export const aroundNumber = (cell: string): string => bodyOf(cell)?.around ?? ''

/** What a cell says of the decimal mark: one of them, nothing, or that it may be read two ways. */
export type Evidence = DecimalMark | 'silent' | 'ambiguous'

const other = (mark: string): DecimalMark => (mark === '.' ? ',' : '.')

/** @param isWhole a count: its marks can only divide thousands */
export function decimalEvidence(cell: string, isWhole = false): Evidence {
  if (!cell.includes('.') && !cell.includes(',')) return 'silent'
  const body = bodyOf(cell)
  if (!body) return 'silent'
  const marks = body.text.replace(/[^.,]/g, '')
  if (marks === '') return 'silent'
  const last = marks.at(-1) as DecimalMark
  if (marks.includes(other(last))) return last
  const [head = '', ...groups] = body.text.replace('-', '').split(last)
  const isGrouping = /^[1-9]\d{0,2}$/.test(head) && groups.every((group) => group.length === 3)
  if (marks.length > 1) return isGrouping ? other(last) : 'silent'
  if (!isGrouping) return last
  return isWhole ? other(last) : 'ambiguous'
}

/**
 * Plain decimal text (`-1234.56`) of a cell in a known form.
 *
 * @returns undefined for what is no number in that form: wrong groups of thousands, two decimal marks, letters between, a share
 */
export function decimalText(cell: string, mark: DecimalMark): string | undefined {
  const body = bodyOf(cell)
  // A share is neither money nor a count.
  if (!body || body.around.includes('%')) return undefined
  const [whole = '', decimals, ...more] = body.text.split(mark)
  if (more.length > 0 || decimals?.includes(other(mark))) return undefined
  const digits = whole.replace('-', '')
  if (digits.includes(other(mark)) && !groupsOf(other(mark)).test(digits)) return undefined
  const plain = digits.replaceAll(other(mark), '') || '0'
  const sign = whole.startsWith('-') ? '-' : ''
  return `${sign}${plain.replace(/^0+(?=\d)/, '')}${decimals ? `.${decimals}` : ''}`
}

const groupsOf = (mark: DecimalMark): RegExp => (mark === '.' ? /^[1-9]\d{0,2}(\.\d{3})+$/ : /^[1-9]\d{0,2}(,\d{3})+$/)
