import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reportHtml } from '../../dashboard/report/report.ts'
import { BROWSER_REMEDY, CHROMIUM_ARGS, chromiumPath } from '../../scripts/browser.ts'
import { browserOr } from './browser.ts'
import { LOW_CONTRAST_MARKS, LOW_CONTRAST_TEXT, OVERFLOW, SMALL_TARGETS, STRUCTURE_FAULTS } from './in-page.ts'
import { decision, emptyReport, sampleReport } from './sample-report.ts'

const path = chromiumPath()
let browser: Browser | undefined
let folder = ''

/** Forty days of a hundred decisions, one change in ten. */
const longLog = Array.from({ length: 4000 }, (_, i) => {
  const date = new Date(Date.UTC(2026, 8, 1 + Math.floor(i / 100))).toISOString()
  const base = { at: date, plan: `plan-${date}`, name: `Campaign ${i % 100}` }
  return decision(
    i % 10 === 0 ? { ...base, decision: 'change', from: '10.00 EUR', to: '12.00 EUR', outcome: 'verified' } : base,
  )
})

beforeAll(async () => {
  if (path === undefined) {
    // A reporter folds skipped tests and their notes away; this line it shows.
    process.stderr.write(`left out: ${BROWSER_REMEDY}\n`)
    return
  }
  folder = await mkdtemp(join(tmpdir(), 'sluice-report-'))
  await writeFile(join(folder, 'small.html'), reportHtml(sampleReport()))
  await writeFile(join(folder, 'empty.html'), reportHtml(emptyReport()))
  await writeFile(join(folder, 'long.html'), reportHtml(sampleReport({ decisions: longLog })))
  browser = await chromium.launch({ executablePath: path, args: [...CHROMIUM_ARGS] })
})

afterAll(async () => {
  await browser?.close()
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

beforeEach((context) => {
  browserOr(path, process.env.CI, (why) => context.skip(why))
})

interface Look {
  readonly width?: number
  readonly scheme?: 'light' | 'dark'
}

/** Opens a page and tells what it complained of and what it asked for. */
async function open(name: string, { width = 1280, scheme = 'light' }: Look = {}) {
  const page = await browser!.newPage({ viewport: { width, height: 900 }, colorScheme: scheme })
  const [complaints, requests]: [string[], string[]] = [[], []]
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => requests.push(request.url()))
  const url = pathToFileURL(join(folder, `${name}.html`)).href
  await page.goto(url)
  return { page, url, complaints, requests }
}

const status = (page: Page, text: string) => page.locator('#filter-status', { hasText: text }).waitFor()

describe('the report in a browser', () => {
  it('opens without a complaint and asks for nothing but itself', async () => {
    const { page, url, complaints, requests } = await open('small')
    await page.locator('#filter-text').fill('search')
    await status(page, '2 of 5 decisions')
    expect(complaints).toEqual([])
    expect(requests).toEqual([url])
    expect(await page.evaluate('globalThis.broken')).toBeUndefined()
    await page.close()
  })

  it('does not run a script that got into it', async () => {
    const { page, complaints } = await open('small')
    await page.evaluate(
      `(() => { const s = document.createElement('script'); s.textContent = 'globalThis.broken = 1'; document.body.append(s) })()`,
    )
    expect(await page.evaluate('globalThis.broken')).toBeUndefined()
    expect(complaints.join()).toContain('Content Security Policy')
    await page.close()
  })

  it.each(['small', 'empty'])('has headings, names, labels and captions (%s)', async (name) => {
    const { page } = await open(name)
    expect(await page.evaluate(STRUCTURE_FAULTS)).toEqual([])
    await page.close()
  })

  it.each([1280, 640, 390, 360])('does not scroll sideways at %i pixels, folded or unfolded', async (width) => {
    const { page } = await open('small', { width })
    expect(await page.evaluate(OVERFLOW)).toBe(0)
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true })`)
    expect(await page.evaluate(OVERFLOW)).toBe(0)
    expect(await page.evaluate(SMALL_TARGETS)).toEqual([])
    await page.close()
  })

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('is legible in %s at %i pixels', async (scheme, width) => {
    const { page } = await open('small', { scheme, width })
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true })`)
    expect(await page.evaluate(LOW_CONTRAST_TEXT)).toEqual([])
    expect(await page.evaluate(LOW_CONTRAST_MARKS)).toEqual([])
    await page.close()
  })

  it('shows one drawing of each chart, wide or compact', async () => {
    for (const [width, shown] of [
      [1280, 'wide'],
      [390, 'compact'],
    ] as const) {
      const { page } = await open('small', { width })
      const charts = page.locator('figure svg.chart:visible')
      expect(await charts.evaluateAll((found) => found.map((one) => one.getAttribute('aria-labelledby')))).toEqual(
        ['pacing-chart', 'money-chart', 'cost-chart'].map((id) => `${id}-${shown}-title ${id}-${shown}-desc`),
      )
      await page.close()
    }
  })

  it('can be reached by keyboard, and shows where the focus is', async () => {
    const { page } = await open('small')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the report')
    await page.locator('#pacing summary').focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('#pacing details').getAttribute('open')).toBe('')
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
    await page.close()
  })
})

describe('the decision log in a browser', () => {
  it('is filtered by text, decision and account, and is whole again when cleared', async () => {
    const { page } = await open('small')
    await page.locator('#filter-text').fill('MORE BRINGS')
    await status(page, '2 of 5 decisions')
    expect(await page.locator('#log tbody tr:visible').count()).toBe(2)
    await page.locator('#filter-text').fill('')
    await page.locator('#filter-decision').selectOption('change')
    await page.locator('#filter-account').selectOption({ label: 'Shop US' })
    await status(page, '1 of 5 decisions')
    expect(await page.locator('#log tbody tr:visible').textContent()).toContain('50.00')
    expect(await page.locator('#log .matches:visible').allTextContents()).toContain('1 match')
    await page.locator('#filter-text').fill('nothing like it')
    await status(page, 'No decision matches')
    expect(await page.locator('#log details:visible').count()).toBe(0)
    await page.getByRole('button', { name: 'Clear' }).click()
    await status(page, 'All 5 decisions')
    expect(await page.locator('#log details:visible').count()).toBe(2)
    await page.close()
  })

  it('of thousands opens only as many days as are seen', async () => {
    const { page } = await open('long')
    await status(page, 'All 4,000 decisions')
    expect(await page.locator('#log details[open]').count()).toBe(0)
    await page.locator('#filter-decision').selectOption('change')
    await status(page, '400 of 4,000 decisions')
    // Ten changes a day: twenty days until 200 rows are seen.
    expect(await page.locator('#log details[open]').count()).toBe(20)
    expect(await page.locator('#log details:not([hidden])').count()).toBe(40)
    await page.close()
  })
})
