interface Waiter {
  readonly exclusive: boolean
  readonly start: () => void
}

/**
 * Many shared holders or one exclusive one, in order of arrival.
 *
 * First come, first served keeps a stream of single writes from starving a transaction, and the other way round.
 */
export class ReadWriteLock {
  #shared = 0
  #exclusive = false
  readonly #queue: Waiter[] = []

  shared<T>(work: () => Promise<T>): Promise<T> {
    return this.#run(false, work)
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#run(true, work)
  }

  async #run<T>(exclusive: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#queue.length === 0 && this.#isFreeFor(exclusive)) this.#take(exclusive)
    else await new Promise<void>((start) => this.#queue.push({ exclusive, start }))
    try {
      return await work()
    } finally {
      if (exclusive) this.#exclusive = false
      else this.#shared -= 1
      this.#wake()
    }
  }

  #isFreeFor(exclusive: boolean): boolean {
    return !this.#exclusive && (!exclusive || this.#shared === 0)
  }

  #take(exclusive: boolean): void {
    if (exclusive) this.#exclusive = true
    else this.#shared += 1
  }

  #wake(): void {
    for (let next = this.#queue[0]; next !== undefined && this.#isFreeFor(next.exclusive); next = this.#queue[0]) {
      this.#queue.shift()
      // Taken here and not by the waiter, whose turn comes only after this loop has looked at the others.
      this.#take(next.exclusive)
      next.start()
    }
  }
}
