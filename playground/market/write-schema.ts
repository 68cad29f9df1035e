/**
 * Writes what is derived from the scenario schema: its JSON Schema beside the scenarios, and the table of fields in
 * docs/scenarios.md. Run: node playground/market/write-schema.ts
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fieldTable } from './field-table.ts'
import { scenarioJsonSchema } from './json-schema.ts'
import { SCENARIO_FOLDER } from './read-scenario.ts'

const schema = scenarioJsonSchema()
writeFileSync(join(SCENARIO_FOLDER, 'scenario.schema.json'), `${JSON.stringify(schema, null, 2)}\n`)

const page = join(import.meta.dirname, '..', '..', 'docs', 'scenarios.md')
const [before = ''] = readFileSync(page, 'utf8').split('<!-- fields -->')
writeFileSync(page, `${before}<!-- fields -->\n\n${fieldTable(schema)}\n`)
