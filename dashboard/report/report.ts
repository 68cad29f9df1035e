import { createHash } from 'node:crypto'
import { markup, trusted } from '../charts/markup.ts'
import { chartCss } from '../charts/style.ts'
import type { RunReport } from '../run-report.ts'
import { campaignsSection } from './campaigns.ts'
import { beforeAfterSection, claimsSection, pacingSection } from './comparison.ts'
import { decisionsSection } from './decision-log.ts'
import { driftsSection, holdsSection, invariantsSection, refusalsSection } from './events.ts'
import { header, headlineWords } from './headline.ts'
import { limitsSection } from './limits.ts'
import { movesSection } from './moves.ts'
import { filterScript } from './script.ts'
import { pageCss } from './style.ts'

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const SECTIONS = [
  ['pacing', 'Pacing'],
  ['limits', 'Limits'],
  ['before-after', 'Before and after'],
  ['campaigns', 'Campaigns'],
  ['moves', 'Moves'],
  ['holds', 'Holds'],
  ['drifts', 'Others’ edits'],
  ['refusals', 'Refusals'],
  ['claims', 'Claims'],
  ['invariants', 'Checks'],
  ['decisions', 'Decision log'],
] as const

/**
 * A run as one page that needs nothing but itself: no font, script, picture or style from elsewhere, and a policy in it
 * that forbids them. Only this style and this script may run, by their hashes.
 */
export function reportHtml(report: RunReport): string {
  const css = `${chartCss}${pageCss}`
  const policy = `default-src 'none'; style-src ${hashOf(css)}; script-src ${hashOf(filterScript)}; base-uri 'none'; form-action 'none'`
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${headlineWords(report)} · Sluice run report</title>
<style>${trusted(css)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<div class="page">
${header(report)}<nav aria-label="Sections"><ul>${SECTIONS.map(([id, name]) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main id="main">
${pacingSection(report)}${limitsSection(report)}${beforeAfterSection(report)}${campaignsSection(report)}${movesSection(report)}${holdsSection(report)}${driftsSection(report)}${refusalsSection(report)}${claimsSection(report)}${invariantsSection(report)}${decisionsSection(report)}</main>
<footer><p>${report.description}</p><p>Money in ${report.currency}, unless another currency is printed. A dash with a word means that the figure is not known; it never means 0.</p></footer>
</div>
<script>${trusted(filterScript)}</script>
</body>
</html>
`.text
}
