/** The little Markdown that generated pages are made of. */

/** A table in columns, as Biome lays them out; cells may hold Markdown, but no line of their own. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [[...head], ...rows.map((row) => row.map(cell))]
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const [first = '', ...others] = cells.map((row) => line(row.map((text, column) => text.padEnd(widths[column] ?? 0))))
  return [first, line(widths.map((width) => '-'.repeat(width))), ...others].join('\n')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

export function code(text: string): string {
  return `\`${text}\``
}

export function codes(texts: readonly string[]): string {
  return texts.map(code).join(', ')
}

/** A page made of blocks, with the note that it is not to be edited by hand. */
export function page(title: string, blocks: readonly string[]): string {
  const note = '<!-- Made by `npm run docs` from the code; edits are overwritten. -->'
  return `${[note, `# ${title}`, ...blocks].join('\n\n')}\n`
}
