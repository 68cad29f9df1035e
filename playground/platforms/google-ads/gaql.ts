/** Parser of the Google Ads Query Language: grammar at developers.google.com/google-ads/api/docs/query/grammar. */

import { type GoogleFault, queryFault } from './failure.ts'
import { type Token, tokens } from './gaql-tokens.ts'

export type Operator =
  | '='
  | '!='
  | '>'
  | '>='
  | '<'
  | '<='
  | 'IN'
  | 'NOT IN'
  | 'LIKE'
  | 'NOT LIKE'
  | 'CONTAINS ANY'
  | 'CONTAINS ALL'
  | 'CONTAINS NONE'
  | 'IS NULL'
  | 'IS NOT NULL'
  | 'DURING'
  | 'BETWEEN'
  | 'REGEXP_MATCH'
  | 'NOT REGEXP_MATCH'

export interface Literal {
  readonly kind: 'string' | 'number' | 'word'
  readonly text: string
}

export interface Condition {
  readonly field: string
  readonly operator: Operator
  /** One for a simple comparison, two for BETWEEN, any number for a list, none for IS NULL. */
  readonly values: readonly Literal[]
}

export interface Ordering {
  readonly field: string
  readonly descending: boolean
}

export interface Query {
  readonly select: readonly string[]
  readonly from: string
  readonly where: readonly Condition[]
  readonly orderBy: readonly Ordering[]
  readonly limit?: number
}

const FIELD_NAME = /^[a-z][a-zA-Z0-9._]*$/
const RESOURCE_NAME = /^[a-z][a-zA-Z0-9_]*$/
const SYMBOLS = new Set<Operator>(['=', '!=', '>', '>=', '<', '<='])
const LIST_OPERATORS = new Set<Operator>(['IN', 'NOT IN', 'CONTAINS ANY', 'CONTAINS ALL', 'CONTAINS NONE'])
export const takesList = (operator: Operator): boolean => LIST_OPERATORS.has(operator)

/** @throws GoogleFault with the QueryError that the real service gives to the same mistake */
export function parseGaql(text: string): Query {
  const cursor = new Cursor(tokens(text))
  const select = selectClause(cursor)
  const from = fromClause(cursor)
  const where = cursor.accept('WHERE') ? list(cursor, condition, 'AND') : []
  const orderBy = orderClause(cursor)
  const limit = limitClause(cursor)
  parametersClause(cursor)
  const rest = cursor.peek()
  if (rest) throw queryFault('UNEXPECTED_INPUT', `Query has an unexpected part: '${rest.text}'.`, rest.text)
  return { select, from, where, orderBy, ...(limit === undefined ? {} : { limit }) }
}

class Cursor {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(all: readonly Token[]) {
    this.#tokens = all
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  next(): Token {
    const token = this.#tokens[this.#at++]
    if (!token) throw queryFault('UNEXPECTED_END_OF_QUERY', 'Query is incomplete: it ends where more was expected.')
    return token
  }

  /** Takes the next token when it is this keyword (in any case) or symbol. */
  accept(expected: string): boolean {
    const token = this.peek()
    const matches = token !== undefined && token.kind !== 'string' && token.text.toUpperCase() === expected
    if (matches) this.#at++
    return matches
  }

  expect(keyword: string, otherwise: (found: Token | undefined) => GoogleFault): void {
    if (!this.accept(keyword)) throw otherwise(this.peek())
  }
}

function selectClause(cursor: Cursor): readonly string[] {
  cursor.expect('SELECT', () => queryFault('EXPECTED_SELECT', 'Query must begin with SELECT.'))
  return list(cursor, fieldName, ',')
}

function fromClause(cursor: Cursor): string {
  cursor.expect('FROM', (found) =>
    queryFault('EXPECTED_FROM', `Expected FROM after the selected fields, found '${found?.text ?? 'the end'}'.`),
  )
  const { kind, text } = cursor.next()
  if (kind !== 'word' || !RESOURCE_NAME.test(text))
    throw queryFault('BAD_RESOURCE_TYPE_IN_FROM_CLAUSE', `Invalid resource type '${text}' in the FROM clause.`, text)
  return text
}

function list<T>(cursor: Cursor, item: (cursor: Cursor) => T, separator: string): readonly T[] {
  const items = [item(cursor)]
  while (cursor.accept(separator)) items.push(item(cursor))
  return items
}

function fieldName(cursor: Cursor): string {
  const { kind, text } = cursor.next()
  if (kind !== 'word' || !FIELD_NAME.test(text))
    throw queryFault('BAD_FIELD_NAME', `Invalid field name '${text}'.`, text)
  return text
}

function condition(cursor: Cursor): Condition {
  const field = fieldName(cursor)
  const operator = operatorOf(cursor)
  if (operator === 'IS NULL' || operator === 'IS NOT NULL') return { field, operator, values: [] }
  if (operator === 'BETWEEN') return { field, operator, values: between(cursor) }
  if (takesList(operator)) return { field, operator, values: literalList(cursor, operator) }
  return { field, operator, values: [literal(cursor)] }
}

function operatorOf(cursor: Cursor): Operator {
  const { text } = cursor.next()
  if (SYMBOLS.has(text as Operator)) return text as Operator
  switch (text.toUpperCase()) {
    case 'IN':
    case 'LIKE':
    case 'DURING':
    case 'BETWEEN':
    case 'REGEXP_MATCH':
      return text.toUpperCase() as Operator
    case 'NOT':
      return negated(cursor)
    case 'IS':
      return nullness(cursor)
    case 'CONTAINS':
      return contains(cursor)
    default:
      throw queryFault('BAD_OPERATOR', `Invalid operator '${text}'.`, text)
  }
}

function oneOf(cursor: Cursor, before: string, words: readonly string[]): Operator {
  for (const word of words) if (cursor.accept(word)) return `${before} ${word}` as Operator
  const found = cursor.next().text
  throw queryFault('BAD_OPERATOR', `Invalid operator '${before} ${found}'.`, found)
}

const negated = (cursor: Cursor): Operator => oneOf(cursor, 'NOT', ['IN', 'LIKE', 'REGEXP_MATCH'])
const contains = (cursor: Cursor): Operator => oneOf(cursor, 'CONTAINS', ['ANY', 'ALL', 'NONE'])
const nullness = (cursor: Cursor): Operator =>
  cursor.accept('NOT') ? oneOf(cursor, 'IS NOT', ['NULL']) : oneOf(cursor, 'IS', ['NULL'])

function between(cursor: Cursor): readonly Literal[] {
  const from = literal(cursor, 'EXPECTED_VALUE_WITH_BETWEEN_OPERATOR')
  cursor.expect('AND', () => queryFault('EXPECTED_AND', 'Expected AND between the values of the BETWEEN operator.'))
  return [from, literal(cursor, 'EXPECTED_VALUE_WITH_BETWEEN_OPERATOR')]
}

function literalList(cursor: Cursor, operator: Operator): readonly Literal[] {
  if (!cursor.accept('(')) throw queryFault('EXPECTED_LIST', `Operator ${operator} requires a list in parentheses.`)
  if (cursor.accept(')')) throw queryFault('PROHIBITED_EMPTY_LIST_IN_CONDITION', 'A condition has an empty list.')
  const values = list(cursor, literal, ',')
  cursor.expect(')', (found) =>
    queryFault('UNEXPECTED_INPUT', `Expected ) at the end of the list, found '${found?.text ?? 'the end'}'.`),
  )
  if (new Set(values.map((v) => v.kind)).size > 1)
    throw queryFault('PROHIBITED_VALUE_COMBINATION_IN_LIST', 'A list contains values of different types.')
  return values
}

function literal(cursor: Cursor, missing = 'BAD_VALUE'): Literal {
  const { kind, text } = cursor.next()
  if (kind !== 'symbol') return { kind, text }
  if (text === '(') throw queryFault('EXPECTED_SINGLE_VALUE', 'The operator takes one value, a list was given.')
  throw queryFault(missing, `Expected a value, found '${text}'.`, text)
}

function orderClause(cursor: Cursor): readonly Ordering[] {
  if (!cursor.accept('ORDER')) return []
  cursor.expect('BY', () => queryFault('EXPECTED_BY', 'Expected BY after ORDER.'))
  return list(cursor, ordering, ',')
}

function ordering(cursor: Cursor): Ordering {
  const field = fieldName(cursor)
  if (cursor.accept('DESC')) return { field, descending: true }
  cursor.accept('ASC')
  return { field, descending: false }
}

function limitClause(cursor: Cursor): number | undefined {
  if (!cursor.accept('LIMIT')) return undefined
  const { text } = cursor.next()
  if (!/^-?\d+$/.test(text)) throw queryFault('BAD_LIMIT_VALUE', `Invalid limit '${text}'.`, text)
  if (Number(text) < 1) throw queryFault('LIMIT_VALUE_TOO_LOW', `Limit ${text} is too low: at least 1.`, text)
  return Number(text)
}

/** `PARAMETERS include_drafts=true` and the like: read, and without effect here, where there are no drafts. */
function parametersClause(cursor: Cursor): void {
  if (!cursor.accept('PARAMETERS')) return
  list(
    cursor,
    (c) => {
      const name = c.next().text
      if (name !== 'include_drafts' && name !== 'omit_unselected_resource_names')
        throw queryFault('BAD_PARAMETER_NAME', `Parameter '${name}' is unknown.`, name)
      c.expect('=', () => queryFault('BAD_PARAMETER_VALUE', `Parameter '${name}' has no value.`, name))
      return literal(c, 'BAD_PARAMETER_VALUE')
    },
    ',',
  )
}
