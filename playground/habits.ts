/** What platforms do by themselves while nobody asks them for anything. */
export interface Habitual {
  /**
   * Has something done at every multiple of `ms` that passes from now on, such as running the rules that advertisers have
   * stored. None where the world's time does not pass by itself.
   */
  every?(ms: number, act: () => void): void
}
