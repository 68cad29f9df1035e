/** The answers to the last few questions. */
export class Recent<T> {
  private readonly kept = new Map<string, T>()
  private readonly size: number
  constructor(size: number) {
    this.size = size
  }

  get(key: string, make: () => T): T {
    const known = this.kept.get(key)
    if (known !== undefined) return known
    const fresh = make()
    this.kept.set(key, fresh)
    const eldest = this.kept.keys().next().value
    if (this.kept.size > this.size && eldest !== undefined) this.kept.delete(eldest)
    return fresh
  }
}
