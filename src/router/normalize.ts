/** The one form of a path that routing compares, and what a path may hide from a server that decodes it otherwise. */

const slash = 0x2f
const needsWork = /%|\/\/|\/\.|^[^/]|^$/
const escapes = /(?:%[0-9A-Fa-f]{2})+|%/g
/** RFC 3986, 2.2, and the percent sign: decoding one of these would change what the path means. */
const reserved = new Set(Buffer.from("!#$%&'()*+,/:;=?@[]"))

/**
 * Brings a path (without its query) into normal form: escapes are decoded save those of reserved and control
 * characters, `.` and `..` are resolved, slashes that follow one another are one. Applied twice it changes nothing.
 *
 * A `%` that starts no escape becomes `%25`, and bytes that are no UTF-8 stay escaped.
 *
 * @example
 * normalizePath('/a//b/../%63%2fd') // '/a/c%2Fd'
 */
export function normalizePath(raw: string): string {
  if (!needsWork.test(raw) || raw === '*') return raw
  const decoded = raw.includes('%') ? raw.replace(escapes, decodeRun) : raw
  return resolveSegments(decoded)
}

/** RFC 3986, 5.2.4, with empty segments left out. */
function resolveSegments(path: string): string {
  const segments = path.split('/')
  if (path.charCodeAt(0) === slash) segments.shift()
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '.' && segment !== '') kept.push(segment)
  }
  const last = segments.at(-1)
  const folder = last === '' || last === '.' || last === '..'
  return folder && kept.length > 0 ? `/${kept.join('/')}/` : `/${kept.join('/')}`
}

function decodeRun(run: string): string {
  if (run === '%') return '%25'
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex')
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes.readUInt8(at)
    const size = sequenceSize(byte, bytes[at + 1] ?? 0)
    if (size === 0 || isKept(byte) || !continues(bytes, at + 1, at + size)) {
      text += run.slice(at * 3, at * 3 + 3).toUpperCase()
      at += 1
    } else {
      text += bytes.toString('utf8', at, at + size)
      at += size
    }
  }
  return text
}

function isKept(byte: number): boolean {
  return byte < 0x20 || byte === 0x7f || reserved.has(byte)
}

/** Length in bytes of the UTF-8 character that starts so; 0 where none can (RFC 3629, 4). */
function sequenceSize(lead: number, next: number): number {
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  // Overlong forms, surrogates and what is past U+10FFFF show in the second byte.
  if (lead === 0xe0 && next < 0xa0) return 0
  if (lead === 0xed && next > 0x9f) return 0
  if (lead === 0xf0 && next < 0x90) return 0
  if (lead === 0xf4 && next > 0x8f) return 0
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

function continues(bytes: Buffer, from: number, to: number): boolean {
  if (to > bytes.length) return false
  for (let at = from; at < to; at++) {
    if ((bytes.readUInt8(at) & 0xc0) !== 0x80) return false
  }
  return true
}

/** Tried in this order; what is said is what the first that is found is called. */
const hazards: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/%(?![0-9A-Fa-f]{2}).{0,2}/s, 'an invalid percent-encoding'],
  [/%00/, 'an encoded NUL'],
  [/%(?:[01][0-9A-Fa-f]|7[Ff])/, 'an encoded control character'],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  [/[\u0000-\u001f\u007f]/, 'a control character'],
  [
    /%(?:[Cc][01]|[Ee]0%[89][0-9A-Fa-f]|[Ff]0%8[0-9A-Fa-f]|[Ff]8%8[0-7]|[Ff][Cc]%8[0-3])/,
    'an overlong percent-encoding',
  ],
  [/%2[Ff]/, 'an encoded slash'],
  [/%5[Cc]/, 'an encoded backslash'],
  [/\\/, 'a backslash'],
  [/(?<=^|\/)(?:%2[Ee]|\.%2[Ee]|%2[Ee](?:\.|%2[Ee]))(?=\/|$)/, 'an encoded dot segment'],
]

/**
 * Names what in a path (as it came, without its query) another server may read differently than this one:
 * `an encoded slash (%2F)`; null where there is nothing. Whether to refuse is the caller's choice.
 */
export function pathHazard(raw: string): string | null {
  if (/^[!#$&-[\]-~]*$/.test(raw)) return null
  for (const [pattern, name] of hazards) {
    const found = pattern.exec(raw)
    if (found !== null) return `${name} (${printable(found[0])})`
  }
  return null
}

function printable(text: string): string {
  return text.replace(/[^!-~]/g, (character) => `0x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
