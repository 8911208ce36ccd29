import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bundledAiPlugins } from '../../ai-plugins/index.ts'
import requireTeamHeader from '../../examples/plugins/require-team-header.ts'
import { loadConfig } from '../../src/config/load.ts'
import { reportProblems } from '../../src/config/report.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { PluginRegistry } from '../../src/snapshot/plugin-registry.ts'

const root = new URL('../../', import.meta.url)
const catalog = new PluginRegistry([...bundledPlugins, ...bundledAiPlugins, requireTeamHeader]).catalog()
/** What the pages assume to be set. */
const env = { DECK_ORDERS_HOST: 'orders.internal', DECK_RETRIES: '3' }

interface Example {
  readonly name: string
  readonly text: string
}

/** The files of examples/, and every whole configuration that a page of the documentation shows. */
function examples(): Example[] {
  const read = (file: string) => readFileSync(new URL(file, root), 'utf8')
  const files = globSync('examples/**/*.yml', { cwd: root }).map((file) => ({ name: file, text: read(file) }))
  const pages = ['README.md', ...globSync('docs/*.md', { cwd: root })]
  const shown = pages.flatMap((page) =>
    [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```/gm)]
      .map(([, text = '']) => text)
      .filter((text) => text.includes('_format_version'))
      .map((text, index) => ({ name: `${page}, number ${index + 1}`, text })),
  )
  return [...files, ...shown]
}

describe('an example of a configuration', () => {
  it.each(examples())('in $name is one that the gateway accepts', ({ name, text }) => {
    const result = loadConfig(text, { catalog, env })
    expect(result.ok ? '' : reportProblems(result.problems, name)).toBe('')
  })
})
