import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root })]
const read = (page: string) => readFileSync(new URL(page, root), 'utf8')

/** As GitHub makes them. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}

describe('the documentation', () => {
  it.each(pages)('%s links to nothing that is not there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
    const broken = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? new URL(page, root) : new URL(path, new URL(page, root))
      if (!existsSync(target)) return true
      return anchor !== undefined && !anchors(readFileSync(target, 'utf8')).includes(anchor)
    })
    expect(broken.map(([link]) => link)).toEqual([])
  })

  it('of the architecture names no file that is not there', () => {
    const names = [...read('docs/architecture.md').matchAll(/`((?:src|providers|ai-plugins|scripts|test)\/[\w./-]+)`/g)]
    expect(names.length).toBeGreaterThan(60)
    expect(names.map(([, name = '']) => name).filter((name) => !existsSync(new URL(name, root)))).toEqual([])
  })

  it('of plugins shows the example plugin as it is', () => {
    expect(read('docs/plugins.md')).toContain(read('examples/plugins/require-team-header.ts'))
  })
})
