import * as z from 'zod'
import { scenarioSchema } from './schema.ts'

/** The scenario format as JSON Schema (draft 2020-12), for editors and for people who write a market of their own. */
export const schemaText = (): string => `${JSON.stringify(z.toJSONSchema(scenarioSchema, { io: 'input' }), null, 2)}\n`
