/** What a turn did, in a few figures for the log. */
export type Summary = Readonly<Record<string, number | string>>
