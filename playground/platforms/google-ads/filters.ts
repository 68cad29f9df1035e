/** Conditions on fields, checked against the field's type and turned into predicates over rows. */
import { ENUMS } from './enums.ts'
import { queryFault } from './failure.ts'
import type { Field, FieldType, FieldValue, Row } from './field.ts'
import { type Condition, type Literal, type Operator, takesList } from './gaql.ts'

export type Predicate = (row: Row) => boolean

const ORDERED: readonly Operator[] = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'IN',
  'NOT IN',
  'BETWEEN',
  'IS NULL',
  'IS NOT NULL',
]
const EQUAL: readonly Operator[] = ['=', '!=', 'IN', 'NOT IN', 'IS NULL', 'IS NOT NULL']
const TEXT: readonly Operator[] = [...ORDERED, 'LIKE', 'NOT LIKE', 'REGEXP_MATCH', 'NOT REGEXP_MATCH']
const REPEATED: readonly Operator[] = ['CONTAINS ANY', 'CONTAINS ALL', 'CONTAINS NONE', 'IS NULL', 'IS NOT NULL']

const OPERATORS: Readonly<Record<FieldType, readonly Operator[]>> = {
  INT64: ORDERED,
  INT32: ORDERED,
  DOUBLE: ORDERED,
  FLOAT: ORDERED,
  STRING: TEXT,
  RESOURCE_NAME: EQUAL,
  ENUM: EQUAL,
  BOOLEAN: ['=', '!=', 'IS NULL', 'IS NOT NULL'],
  DATE: ORDERED,
  MESSAGE: ['IS NULL', 'IS NOT NULL'],
}

/** @throws GoogleFault OPERATOR_FIELD_MISMATCH when the operator does not suit the field */
export function checkOperator(field: Field, operator: Operator): void {
  const allowed = field.traits.has('repeated') ? REPEATED : OPERATORS[field.type]
  if (!allowed.includes(operator))
    throw queryFault('OPERATOR_FIELD_MISMATCH', `Operator ${operator} does not apply to '${field.name}'.`, field.name)
}

/** @throws GoogleFault for an operator or a value that does not suit the field */
export function predicate(field: Field, { operator, values }: Condition): Predicate {
  checkOperator(field, operator)
  const { read } = field
  const isNull = (value: FieldValue): boolean => value === undefined
  if (operator === 'IS NULL') return (row) => isNull(read(row))
  if (operator === 'IS NOT NULL') return (row) => !isNull(read(row))
  const wanted = values.map((v) => comparable(field, v))
  if (field.traits.has('repeated')) return repeated(field, operator, wanted)
  const test = comparison(operator, wanted)
  return (row) => {
    const value = read(row)
    return value === undefined ? operator === '!=' || operator.startsWith('NOT ') : test(sortable(field, value))
  }
}

/** Values of one field compare with `<` and `===` in this form. */
type Sortable = bigint | number | string | boolean

export function sortable(field: Field, value: Exclude<FieldValue, undefined>): Sortable {
  switch (field.type) {
    case 'INT64':
      return BigInt(value as string)
    case 'FLOAT':
      return Math.fround(value as number)
    default:
      return value as Sortable
  }
}

/** @throws GoogleFault when the literal is not of the field's type */
function comparable(field: Field, { kind, text }: Literal): Sortable {
  switch (field.type) {
    case 'INT64':
    case 'INT32':
      if (!/^-?\d+$/.test(text)) throw queryFault('BAD_NUMBER', `'${text}' is not a whole number.`, text)
      return field.type === 'INT64' ? BigInt(text) : Number(text)
    case 'DOUBLE':
    case 'FLOAT':
      if (kind === 'word' || !Number.isFinite(Number(text)))
        throw queryFault('BAD_NUMBER', `'${text}' is no number.`, text)
      return Number(text)
    case 'BOOLEAN':
      if (!/^(true|false)$/i.test(text)) throw queryFault('BAD_VALUE', `'${text}' is neither TRUE nor FALSE.`, text)
      return text.toUpperCase() === 'TRUE'
    case 'ENUM':
      return enumConstant(field, text)
    default:
      if (kind !== 'string') throw queryFault('INVALID_STRING_VALUE', `Value ${text} must be a quoted string.`, text)
      return text
  }
}

function enumConstant(field: Field, text: string): string {
  const known = field.enumName === undefined ? undefined : ENUMS[field.enumName]
  if (known?.has(text)) return text
  throw queryFault('BAD_ENUM_CONSTANT', `'${text}' is not a value of '${field.name}'.`, text)
}

function comparison(operator: Operator, wanted: readonly Sortable[]): (value: Sortable) => boolean {
  const [first = '', second = ''] = wanted
  switch (operator) {
    case '=':
      return (v) => v === first
    case '!=':
      return (v) => v !== first
    case '>':
      return (v) => v > first
    case '>=':
      return (v) => v >= first
    case '<':
      return (v) => v < first
    case '<=':
      return (v) => v <= first
    case 'BETWEEN':
      return (v) => v >= first && v <= second
    default:
      return takesList(operator) ? membership(operator, wanted) : matching(operator, String(first))
  }
}

function membership(operator: Operator, wanted: readonly Sortable[]): (value: Sortable) => boolean {
  const set = new Set(wanted)
  return operator === 'IN' ? (v) => set.has(v) : (v) => !set.has(v)
}

function matching(operator: Operator, pattern: string): (value: Sortable) => boolean {
  const negative = operator.startsWith('NOT ')
  const regex = operator.endsWith('LIKE') ? likePattern(pattern) : fullMatch(pattern)
  return (v) => regex.test(String(v)) !== negative
}

/** `%` any text, `_` any one character, `[x]` the character itself; letters match in either case. */
function likePattern(pattern: string): RegExp {
  const source = pattern.replace(/\[(.)\]|[%_]|[.*+?^${}()|\\\]]/g, (found, literal?: string) => {
    if (literal !== undefined) return `\\x${literal.charCodeAt(0).toString(16).padStart(2, '0')}`
    return found === '%' ? '[^]*' : found === '_' ? '[^]' : `\\${found}`
  })
  return new RegExp(`^${source}$`, 'i')
}

function fullMatch(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`)
  } catch {
    throw queryFault('BAD_VALUE', `'${pattern}' is not a regular expression.`, pattern)
  }
}

function repeated(field: Field, operator: Operator, wanted: readonly Sortable[]): Predicate {
  const has = (row: Row) => {
    const values = new Set(field.read(row) as readonly string[] | undefined)
    return (w: Sortable) => values.has(w as string)
  }
  switch (operator) {
    case 'CONTAINS ANY':
      return (row) => wanted.some(has(row))
    case 'CONTAINS ALL':
      return (row) => wanted.every(has(row))
    default:
      return (row) => !wanted.some(has(row))
  }
}
