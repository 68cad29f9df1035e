/**
 * An error that is told twice: to whoever brought the data, with its values, and to the log, without any of them. What people
 * bring may hold a name or a number in any place, and has no shape by which it could be taken out afterwards.
 */
export class DiscreetError extends Error {
  /** The same without a value of what was brought: places, fields of ours, counts and remedies. */
  readonly forLog: string

  constructor(message: string, forLog: string = message) {
    super(message)
    this.name = 'DiscreetError'
    this.forLog = forLog
  }
}
