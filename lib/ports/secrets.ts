/** Credentials by name, read at run time; never from the environment. */
export interface Secrets {
  /**
   * The secret's JSON text.
   * @param fresh read past any cache, after the platform refused the old one
   * @throws Error that names the secret (never its content) when it cannot be read
   */
  read(name: string, fresh?: boolean): Promise<string>
}
