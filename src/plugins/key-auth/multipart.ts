/** Just enough of multipart/form-data (RFC 7578) to find one field, and to leave it out. */

/** The boundary of a multipart content type; null for any other type. */
export function boundaryOf(contentType: string): string | null {
  if (!/^multipart\/form-data\b/i.test(contentType)) return null
  const found = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType)
  return found?.[1] ?? found?.[2] ?? null
}

/** The parts between the boundaries, head and body; null where the closing boundary is missing. */
export function splitParts(body: string, boundary: string): string[] | null {
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`)
  const last = pieces.pop()
  if (pieces.length === 0 || !last?.startsWith('--')) return null
  return pieces.slice(1).map((piece) => piece.replace(/^[ \t]*\r\n/, ''))
}

/** The values of the fields of that name, as text. */
export function formField(parts: readonly string[], name: string): string[] {
  return parts.filter((part) => nameOf(part) === name).map(textOf)
}

/** The whole body again, without the fields of that name. */
export function withoutPart(parts: readonly string[], boundary: string, name: string): string {
  const kept = parts.filter((part) => nameOf(part) !== name)
  return [...kept.map((part) => `--${boundary}\r\n${part}\r\n`), `--${boundary}--\r\n`].join('')
}

function nameOf(part: string): string | undefined {
  const head = part.slice(0, Math.max(part.indexOf('\r\n\r\n'), 0))
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ''
  const found = /;\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(disposition)
  const name = found?.[1] ?? found?.[2]
  return name === undefined ? undefined : Buffer.from(name, 'latin1').toString('utf8')
}

function textOf(part: string): string {
  return Buffer.from(part.slice(part.indexOf('\r\n\r\n') + 4), 'latin1').toString('utf8')
}
