/** Messages here never carry any of the content. */

/** @throws RangeError unless the name is one that Secrets Manager would take, and no way out of a folder */
export function checkedName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9/_+=.@-]{0,255}$/.test(name) || name.includes('..'))
    throw new RangeError(`secret name "${name}" must be letters, digits and /_+=.@- without ".."`)
  return name
}

/** @throws Error that names the secret unless the text is a JSON object */
export function checkedSecret(name: string, text: string): string {
  if (isObjectText(text)) return text
  throw new Error(`secret "${name}" is not a JSON object: store it as {"key": "value"}`)
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
