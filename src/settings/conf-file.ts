/** Reads the lines of a settings file in kong.conf's syntax. */

export interface ConfEntry {
  readonly name: string
  readonly value: string
  /** From 1. */
  readonly line: number
}

export interface ConfFile {
  readonly entries: readonly ConfEntry[]
  /** Lines that cannot be read, each with its number. */
  readonly problems: readonly { readonly line: number; readonly message: string }[]
}

/**
 * Reads `key = value` lines; `#` begins a comment and `\#` is a plain `#`.
 *
 * @example
 * parseConf('log_level = info # more\n').entries // [{ name: 'log_level', value: 'info', line: 1 }]
 */
export function parseConf(text: string): ConfFile {
  const entries: ConfEntry[] = []
  const problems: { line: number; message: string }[] = []
  // A byte order mark would become a part of the first name.
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  for (const [index, raw] of lines.entries()) {
    const line = index + 1
    const content = raw
      .replace(/(?<!\\)#.*$/, '')
      .replaceAll('\\#', '#')
      .trim()
    if (content === '') continue
    const equals = content.indexOf('=')
    const name = content.slice(0, equals).trim()
    if (equals > 0 && /^\w+$/.test(name)) entries.push({ name, value: content.slice(equals + 1).trim(), line })
    else problems.push({ line, message: 'this line is not of the form "name = value"; mend it or begin it with #' })
  }
  return { entries, problems }
}
