/** How long AWS is waited for: a request that hangs must leave time for another try within the run. */
export const AWS_CLIENT = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const
