/** Credentials by name, read at run time; never from the environment. */
export interface Secrets {
  /**
   * The secret's JSON text.
   * @param fresh read past any cache, after the platform refused the old one
   * @throws Error that names the secret (never its content) when it cannot be read
   */
  read(name: string, fresh?: boolean): Promise<string>
  /**
   * Puts a text in the place of the one that was read, and of no other: of those who replace the same text at a time,
   * one succeeds. Only where secrets can be written; platforms that issue new credentials with each use need it.
   *
   * @param was the text as it was read
   * @returns false when somebody else has replaced it: read again
   * @throws Error that names the secret (never its content) when it cannot be told that it was replaced
   */
  replace?(name: string, was: string, text: string): Promise<boolean>
}
