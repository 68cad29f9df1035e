import { afterEach, beforeEach, expect, test } from 'vitest'
import { GOOGLE, MORNING, openShop, policyText, readyAt, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

test('without a policy a forecast says how to store one', async () => {
  const { code, err } = await shop.sluice('forecast')
  expect(code).toBe(1)
  expect(err).toContain('no policy is stored yet: store one with "sluice policy put policy.yaml"')
})

test('before the first pull it says so', async () => {
  await shop.sluice('policy', 'put', 'policy.yaml')
  const { code, err } = await shop.sluice('forecast')
  expect(code).toBe(1)
  expect(err).toContain(`account ${GOOGLE} has not been pulled yet: run a pull first`)
})

test('of a portfolio in which nothing runs it says that, and is done', async () => {
  const none = policyText().replace(
    /members:[\s\S]*/,
    'members:\n  - { name: no campaign has this name, class: brand }\n',
  )
  await readyAt(shop, MORNING, none)
  const { code, out } = await shop.sluice('forecast')
  expect(code).toBe(0)
  expect(out).toContain('No forecast: no campaign of the portfolio is running.\n')
  const { forecasts } = JSON.parse((await shop.sluice('forecast', '--json')).out)
  expect(forecasts).toMatchObject([{ portfolio: 'steady', none: 'no campaign of the portfolio is running' }])
})

test('an amount is for one portfolio: of two, one is to be named', async () => {
  await readyAt(shop, MORNING)
  shop.write('second.yaml', policyText().replace('portfolio: steady', 'portfolio: second'))
  await shop.sluice('policy', 'put', 'second.yaml')
  const { code, err } = await shop.sluice('forecast', '--total', '50000 EUR')
  expect(code).toBe(1)
  expect(err).toContain('--total: "50000 EUR" is for one portfolio, and there are 2: name one with --portfolio, of ')
  expect((await shop.sluice('forecast', '--total', '50000 EUR', '--portfolio', 'second')).code).toBe(0)
})

test('where more is not worth its cost it stays unspent, and next to nothing changes', async () => {
  await readyAt(shop, MORNING, policyText().replace('{ kind: conversions }', '{ kind: profit, margin: 0.5 }'))
  const { out } = await shop.sluice('forecast')
  // What may not grow past its share of the total may grow with it: a few euros of fifty thousand.
  expect(out).toMatch(/^From 115000\.00 EUR to 132250\.00 EUR: (nothing changes\.|\+\d{1,2}(\.\d)? EUR of profit \()/m)
  expect(out).toMatch(
    /^ {2}\d+\.\d\d EUR stay unspent: the next unit of money would bring less than the policy asks of it\.$/m,
  )
  expect(out).toMatch(/profit, EUR +80 % interval +next margin per EUR +profit per EUR/)
})

test('value is told in the base currency, with the return on ad spend of all the money and of the next', async () => {
  await readyAt(shop, MORNING, policyText().replace('{ kind: conversions }', '{ kind: value }'))
  const { out } = await shop.sluice('forecast')
  expect(out).toMatch(/value, EUR +80 % interval +next ROAS +average ROAS/)
  const [, total, value, roas] = /^ {2}policy +([\d.]+) EUR +(\d+) +\d+ to \d+ +\d+ % +(\d+) %/m.exec(out)!
  expect(Number(roas)).toBe(Math.round((100 * Number(value)) / Number(total)))
  expect(out).toMatch(/^From 115000\.00 EUR to 132250\.00 EUR: \+\d+ EUR of value \(80 %: \d+ to \d+\)$/m)
})
