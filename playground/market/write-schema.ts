/** Writes the JSON Schema of the scenario format beside the scenarios: node playground/market/write-schema.ts */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scenarioJsonSchema } from './json-schema.ts'
import { SCENARIO_FOLDER } from './read-scenario.ts'

writeFileSync(join(SCENARIO_FOLDER, 'scenario.schema.json'), `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`)
