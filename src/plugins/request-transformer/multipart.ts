/** Multipart bodies: parts are found by name and changed, and every other part stays as it came, byte for byte. */

import type { Steps } from './compile.ts'
import type { Environment } from './expression.ts'
import { render } from './template.ts'

interface Part {
  /** Header lines, joined by CRLF. */
  head: string
  /** One character for each byte. */
  readonly content: string
}

export function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType)
  return found?.[1] ?? found?.[2]
}

/** The changed body; null where nothing changed or the body cannot be read. Values cannot be appended to, as in Kong. */
export function changeMultipart(body: Buffer, boundary: string, steps: Steps, environment: Environment): Buffer | null {
  const parts = parse(body.toString('latin1'), boundary)
  if (parts === null) return null
  const changed = change(parts, steps, environment)
  return changed === null ? null : Buffer.from(format(changed, boundary), 'latin1')
}

function change(parts: readonly Part[], steps: Steps, environment: Environment): Part[] | null {
  let list = [...parts]
  let changed = false
  const has = (name: string) => list.some((part) => nameOf(part) === name)
  const value = (template: Steps['add'][number]['value']) => bytes(render(template, environment))
  for (const name of steps.remove.filter(has)) {
    list = list.filter((part) => nameOf(part) !== name)
    changed = true
  }
  for (const { name, value: template } of steps.rename.filter((step) => has(step.name))) {
    const renamed = value(template)
    list = list.map((part) => (nameOf(part) === name ? rename(part, renamed) : part))
    changed = true
  }
  for (const { name, value: template } of steps.replace.filter((step) => has(step.name))) {
    const replaced = simple(name, value(template))
    list = list.map((part) => (nameOf(part) === name ? replaced : part))
    changed = true
  }
  for (const { name, value: template } of steps.add) {
    if (has(name)) continue
    list.push(simple(name, value(template)))
    changed = true
  }
  return changed ? list : null
}

function parse(text: string, boundary: string): Part[] | null {
  const pieces = `\r\n${text}`.split(`\r\n--${boundary}`)
  const last = pieces.pop()
  if (pieces.length === 0 || !last?.startsWith('--')) return null
  const parts: Part[] = []
  for (const piece of pieces.slice(1)) {
    const found = /^[ \t]*\r\n/.exec(piece)
    if (found === null) return null
    const rest = piece.slice(found[0].length)
    // A part may have no headers at all.
    const end = rest.startsWith('\r\n') ? 0 : rest.indexOf('\r\n\r\n')
    if (end < 0) return null
    parts.push({ head: rest.slice(0, end), content: rest.slice(end + (end === 0 ? 2 : 4)) })
  }
  return parts
}

function format(parts: readonly Part[], boundary: string): string {
  const written = parts.map(
    ({ head, content }) => `--${boundary}\r\n${head}${head === '' ? '' : '\r\n'}\r\n${content}\r\n`,
  )
  return `${written.join('')}--${boundary}--\r\n`
}

const nameParameter = /(^content-disposition:[^\r\n]*?;[ \t]*name=)(?:"([^"]*)"|([^\s;"]+))/im

function nameOf({ head }: Part): string | undefined {
  const found = nameParameter.exec(head)
  return found?.[2] ?? found?.[3]
}

function rename(part: Part, name: string): Part {
  return {
    head: part.head.replace(nameParameter, (_, before: string) => `${before}"${quote(name)}"`),
    content: part.content,
  }
}

function simple(name: string, content: string): Part {
  return { head: `Content-Disposition: form-data; name="${quote(bytes(name))}"`, content }
}

/** As browsers write names (WHATWG HTML, multipart/form-data). */
function quote(name: string): string {
  return name.replace(/["\r\n]/g, (character) => encodeURIComponent(character))
}

function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
