/** Values with `$(...)` in them: texts around expressions, read once and rendered for each request. */

import { type Environment, type Expression, parseExpression } from './expression.ts'

export type Template = readonly (string | Expression)[]

/**
 * Reads a template. Throws UnsupportedExpression.
 *
 * @example
 * compileTemplate("user-$(headers['x-user'] or 'nobody')")
 */
export function compileTemplate(text: string): Template {
  const parts: (string | Expression)[] = []
  let position = 0
  for (;;) {
    const start = text.indexOf('$(', position)
    if (start < 0) break
    if (start > position) parts.push(text.slice(position, start))
    const { expression, end } = parseExpression(text, start + 2)
    parts.push(expression)
    position = end + 1
  }
  if (position < text.length) parts.push(text.slice(position))
  return parts
}

/** @param encode what becomes of the values, but not of the text around them */
export function render(template: Template, environment: Environment, encode?: (text: string) => string): string {
  let text = ''
  for (const part of template) {
    if (typeof part === 'string') text += part
    else {
      const value = part(environment)
      if (value === undefined) continue
      text += encode === undefined ? value : encode(String(value))
    }
  }
  return text
}
