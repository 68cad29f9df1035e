import { BROWSER_REMEDY } from '../../scripts/browser.ts'

/**
 * The browser to test in. Without one, a run in CI fails, because nobody would read there that something was left out;
 * any other run says what was left out and why.
 */
export function browserOr(path: string | undefined, ci: string | undefined, leaveOut: (why: string) => never): string {
  if (path !== undefined) return path
  if (ci !== undefined && ci !== '' && ci !== 'false') throw new Error(BROWSER_REMEDY)
  return leaveOut(BROWSER_REMEDY)
}
