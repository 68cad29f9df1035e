import { describe, expect, test } from 'vitest'
import { type Parser, rememberConditions } from '../../../playground/dynamodb/remember-conditions.ts'

const TEXT = '#a = :x OR #b < :y'

/** A parser that answers with the values where it found them, and counts how often it is asked. */
function counting(): Parser & { asked: number } {
  const parser = {
    asked: 0,
    parse(text: string, { context }: Parameters<Parser['parse']>[1]) {
      parser.asked += 1
      if (text.includes('wrong')) return 'Syntax error'
      const { ':x': x, ':y': y } = context.attrVals ?? {}
      return {
        expression: {
          type: 'or',
          args: [
            ['=', ['a'], x],
            ['<', ['b'], y],
          ],
        },
      }
    },
  }
  rememberConditions(parser)
  return parser
}

const context = (x: object, y: object) => ({
  attrNames: { '#a': 'a', '#b': 'b' },
  attrVals: { ':x': x, ':y': y },
  unusedAttrNames: { '#a': true, '#b': true, '#c': true },
  unusedAttrVals: { ':x': true, ':y': true, ':z': true },
})

const treeOf = (x: object, y: object) => ({
  expression: {
    type: 'or',
    args: [
      ['=', ['a'], x],
      ['<', ['b'], y],
    ],
  },
})

describe('conditions that were parsed before', () => {
  test('have the values of the new request, and are not parsed again', () => {
    const parser = counting()
    expect(parser.parse(TEXT, { context: context({ N: '1' }, { N: '2' }) })).toEqual(treeOf({ N: '1' }, { N: '2' }))
    expect(parser.parse(TEXT, { context: context({ N: '3' }, { N: '4' }) })).toEqual(treeOf({ N: '3' }, { N: '4' }))
    expect(parser.asked).toBe(1)
  })

  test('take the names and values that they use off the list of unused ones', () => {
    const parser = counting()
    parser.parse(TEXT, { context: context({ N: '1' }, { N: '2' }) })
    const second = context({ N: '3' }, { N: '4' })
    parser.parse(TEXT, { context: second })
    expect([second.unusedAttrNames, second.unusedAttrVals]).toEqual([{ '#c': true }, { ':z': true }])
  })

  test('may be changed by whoever asked without the next one seeing it', () => {
    const parser = counting()
    const first = parser.parse(TEXT, { context: context({ N: '1' }, { N: '2' }) }) as { expression: { type: string } }
    first.expression.type = 'and'
    expect(parser.parse(TEXT, { context: context({ N: '1' }, { N: '2' }) })).toEqual(treeOf({ N: '1' }, { N: '2' }))
  })

  test.each([
    ['of other types', TEXT, context({ S: '1' }, { N: '2' })],
    ['with other names', TEXT, { ...context({ N: '1' }, { N: '2' }), attrNames: { '#a': 'a', '#b': 'c' } }],
    ['for a key', TEXT, { ...context({ N: '1' }, { N: '2' }), isKeyCondition: true }],
    ['in other words', '#a = :x', context({ N: '1' }, { N: '2' })],
  ])('are parsed anew %s', (_what, text, other) => {
    const parser = counting()
    parser.parse(TEXT, { context: context({ N: '1' }, { N: '2' }) })
    parser.parse(text, { context: other })
    expect(parser.asked).toBe(2)
  })

  test.each(['#a BETWEEN :x AND :y', 'attribute_type(#a, :x)', 'wrong'])(
    'are parsed every time where the answer hangs on the values, or is a refusal: %s',
    (text) => {
      const parser = counting()
      for (let i = 0; i < 2; i++) parser.parse(text, { context: context({ N: '1' }, { N: '2' }) })
      expect(parser.asked).toBe(2)
    },
  )
})
