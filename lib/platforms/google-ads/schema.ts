import * as z from 'zod'
import { PlatformError } from '../../model/failure.ts'
import { perObject } from '../../model/per-object.ts'

/** int64 in REST is a string, so that it stays exact: a number here would already have lost digits. */
export const digits = z.string().regex(/^\d{1,19}$/)
/** An amount in micros. Google has none below zero. */
export const micros = digits.transform((text) => BigInt(text))
/** A count (clicks, impressions, days): int64 on the wire, safe as a number. */
export const count = digits.transform(Number).refine(Number.isSafeInteger)
/** A double. What is beyond any count or amount was misread, and its sums would be infinite. */
export const real = z.number().min(-1e15).max(1e15)
/** A factor or a ratio: 0 where the platform has none. */
export const factor = z.number().min(0).max(1e6)
/** A date that exists: one that does not would be an error of this program, and not of the answer. */
export const isoDate = z.iso.date()
/** The date of `2026-11-21 00:00:00`, or of a date alone; empty where there is none. */
export const dateInTime = z.union([
  z.literal(''),
  z
    .string()
    .transform((text) => text.slice(0, 10))
    .pipe(isoDate),
])

/** `customers/1/campaigns/23` and the like; ids are what follows the last slash. */
export const resourceName = z.string().regex(/^[A-Za-z]+\/[\w~.-]+(\/[A-Za-z]+\/[\w~.-]+)?$/)
export const idOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** A table by Google's own names. A Map, because a name of an answer could be one that every object answers to. */
export const byName = <Name extends string, T>(table: Readonly<Partial<Record<Name, T>>>): ReadonlyMap<string, T> =>
  new Map(Object.entries<T>(table as Readonly<Record<string, T>>))

const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')

/** What is wrong with a value, by field; never the value itself, which may be a secret. */
export const issues = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${pathOf(path) || 'the whole'}: ${message}`)
    .join('; ')

export const unreadable = (detail: string): PlatformError => new PlatformError({ kind: 'unreadable', detail })

/** @throws PlatformError `unreadable` for text that is not JSON (a truncated body) */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable(`the answer is not JSON (${text.length} characters): cut short, or not from Google Ads`)
  }
}

/** @throws PlatformError `unreadable` that names the field */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw unreadable(`${what}: ${issues(parsed.error)}`)
  return parsed.data
}

/**
 * One page of `googleAds:search`. An answer with neither rows nor the field mask that every real one carries is not an
 * empty report: it is not a report.
 */
export const pageOf = <T>(row: z.ZodType<T>): PageSchema<T> => pageSchemas(row) as PageSchema<T>

type PageSchema<T> = ReturnType<typeof makePage<T>>

// A schema is compiled when it first reads something: one for every page would be compiled for every page.
const pageSchemas = perObject((row: z.ZodType) => makePage(row))

const makePage = <T>(row: z.ZodType<T>) =>
  z
    .object({
      results: z.array(row).optional(),
      fieldMask: z.string().optional(),
      nextPageToken: z.string().optional(),
      error: z.undefined().optional(),
    })
    .refine((page) => page.results !== undefined || page.fieldMask !== undefined, {
      path: ['fieldMask'],
      message: 'neither results nor fieldMask is there',
    })

const errorCode = z.record(z.string(), z.string())
export const googleAdsError = z.object({
  errorCode: errorCode.default({}),
  message: z.string().default(''),
  location: z
    .object({
      fieldPathElements: z
        .array(z.object({ fieldName: z.string().optional(), index: z.number().int().optional() }))
        .default([]),
    })
    .optional(),
  details: z
    .object({
      quotaErrorDetails: z
        .object({
          rateScope: z.string().optional(),
          rateName: z.string().optional(),
          retryDelay: z.string().optional(),
        })
        .optional(),
      budgetPerDayMinimumErrorDetails: z
        .object({ budgetPerDayMinimumMicros: digits.optional(), minimumBudgetAmountMicros: digits.optional() })
        .optional(),
    })
    .optional(),
})
export type GoogleAdsError = z.infer<typeof googleAdsError>

const detail = z.object({ '@type': z.string().optional(), errors: z.array(googleAdsError).optional() })
/** google.rpc.Status. */
export const status = z.object({
  code: z.number().optional(),
  message: z.string().default(''),
  status: z.string().optional(),
  details: z.array(detail).default([]),
})
export type Status = z.infer<typeof status>

/** Every GoogleAdsError of a status, in the order given. */
export const errorsOf = (of: Status): readonly GoogleAdsError[] => of.details.flatMap(({ errors }) => errors ?? [])

const bare = z.object({ error: status })
/** A failed request; streams wrap it in an array. */
export const failedBody = z.union([
  bare,
  z
    .array(bare)
    .min(1)
    .transform((all) => all[0] as z.infer<typeof bare>),
])

const result = z.object({ resourceName: z.string().optional() })
export const mutateAnswer = z.object({
  mutateOperationResponses: z.array(z.record(z.string(), result)).default([]),
  partialFailureError: status.optional(),
})
export type MutateAnswer = z.infer<typeof mutateAnswer>
