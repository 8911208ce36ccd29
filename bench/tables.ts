/** Markdown tables that read as well on a terminal: the columns are padded to one width. */

/** A table with its header row; the first `texts` columns are aligned left, the others right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], texts = 1): string {
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string => {
    const padded = widths.map((width, column) => {
      const text = cells[column] ?? ''
      return column < texts ? text.padEnd(width) : text.padStart(width)
    })
    return `| ${padded.join(' | ')} |`
  }
  const rule = widths.map((width, column) => (column < texts ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(header), line(rule), ...rows.map(line)].join('\n')
}

/** A table of text: every column aligned left. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return table(header, rows, header.length)
}

/** A whole number with thousands separators, `-` for none. */
export function whole(value: number | undefined): string {
  return value === undefined ? '-' : Math.round(value).toLocaleString('en')
}

/** A number with a fixed number of decimals, `-` for none. */
export function fixed(value: number | null | undefined, decimals: number): string {
  return value === null || value === undefined ? '-' : value.toFixed(decimals)
}

/** `a / b` with two decimals and an x, `-` where either is missing. */
export function ratio(value: number | undefined, base: number | undefined): string {
  if (value === undefined || base === undefined || base === 0) return '-'
  const times = value / base
  return `${times >= 10 ? times.toFixed(1) : times.toFixed(2)}x`
}

/** Megabytes of 10^6 bytes. */
export function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? '-' : (bytes / 1e6).toFixed(0)
}
