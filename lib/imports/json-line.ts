/** Undefined for what is no JSON object. */
export function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Keys of an object that was parsed, each as often as it is written: the parser keeps the last of equal ones. */
export function keysIn(object: string): readonly string[] {
  const keys: string[] = []
  let depth = 0
  for (const [token, text, colon] of object.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g)) {
    if (text === undefined) depth += token === '{' || token === '[' ? 1 : -1
    else if (colon !== undefined && depth === 1) keys.push(JSON.parse(text))
  }
  return keys
}
