import { OWN_PLATFORMS } from '../../lib/model/platform-names.ts'
import { type Breach, importsOf, lineOf, mask, resolve, type SourceTree } from './source-text.ts'

/** Where capabilities are asked, and never a platform's name. */
const NAMELESS = ['lib/units/', 'lib/stats/', 'lib/model/', 'lib/measure/', 'lib/decide/', 'lib/control/']

const TABLE = 'lib/model/platform-names.ts'

/** Places that have a platform's name in a literal, each with its reason. None of them compares anything with it. */
export const NAMED_PLATFORMS: Readonly<Record<string, string>> = {
  [TABLE]: 'the table of the names themselves',
  'lib/model/policy-schema.ts': 'an example in the message about a platform that is misspelt',
}

const IDS = OWN_PLATFORMS.join('|')
/** A literal that is a platform's id and nothing else, or what account keys and scopes of it begin with. */
const LITERAL = new RegExp(`(['"\`])(?:platform/)?(?:${IDS})[:/]?\\1`, 'g')
/** A platform in a name of the code: `isMeta`, `tiktokOnly`, `GOOGLE_ADS`. */
const WORDS = [...new Set(OWN_PLATFORMS.map((id) => id.split('-')[0]))].join('|')
const NAME = new RegExp(
  `(?<!import\\.)(?:(?<![A-Za-z])(?:${WORDS})(?=[A-Z_\\d]|\\b)|(?<=[a-z\\d])(?:${WORDS.replace(/\b[a-z]/g, (first) => first.toUpperCase())})(?![a-z])|(?<![A-Za-z])(?:${WORDS.toUpperCase()})(?![A-Za-z]))`,
  'g',
)

/** Code that names a platform where only capabilities may decide, and exceptions that nobody needs any more. */
export function namedPlatforms(
  tree: SourceTree,
  allowed: Readonly<Record<string, string>> = NAMED_PLATFORMS,
): readonly Breach[] {
  const breaches: Breach[] = []
  for (const [file, text] of tree) {
    if (!NAMELESS.some((folder) => file.startsWith(folder))) continue
    const found = breachesIn(file, text)
    if (!(file in allowed)) breaches.push(...found)
    else if (found.length === 0) breaches.push(`${file}: listed as naming a platform, and names none`)
  }
  for (const file of Object.keys(allowed)) if (!tree.has(file)) breaches.push(`${file}: listed, and not there`)
  return breaches
}

function breachesIn(file: string, text: string): readonly Breach[] {
  const { code, noComments } = mask(text)
  const named = [...noComments.matchAll(LITERAL), ...code.matchAll(NAME)].map(
    ({ 0: what, index }) => `${file}:${lineOf(text, index)}: names a platform (${what}): ask its capabilities`,
  )
  const imported = importsOf(text).filter((specifier) => resolve(file, specifier) === TABLE)
  return [...named, ...imported.map(() => `${file}: imports ${TABLE}: ask the platform's capabilities`)]
}
