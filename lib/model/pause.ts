import type { LeverChange } from './lever.ts'

/** A cut that costs nothing, whatever the platform makes of the day: it needs no room under a cap. */
export const isPause = ({ to }: LeverChange): boolean => to.kind === 'status' && to.status === 'paused'
