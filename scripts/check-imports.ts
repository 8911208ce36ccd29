/** Checks who imports whom: the rules of the house as a table, and no cycles anywhere. Exits 1 and names each breach. */

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

interface Rule {
  /** Files of these folders ... */
  readonly from: readonly string[]
  /** ... never import from these. */
  readonly never: readonly string[]
  readonly why: string
}

const plugins = ['src/plugins/', 'ai-plugins/', 'mcp/', 'a2a/']
const engine = [
  'src/pipeline/',
  'src/router/',
  'src/snapshot/',
  'src/upstream/',
  'src/server/',
  'src/admin/',
  'src/cli/',
]

const rules: readonly Rule[] = [
  {
    from: [
      'src/pipeline/',
      'src/router/',
      'src/snapshot/',
      'src/upstream/',
      'src/config/',
      'src/entities/',
      'src/pdk/',
      'src/admin/',
    ],
    never: plugins,
    why: 'plugins reach the core through the registry, by name',
  },
  {
    from: ['providers/'],
    never: [...plugins, ...engine, 'src/llm/'],
    why: 'a provider knows nothing of the gateway around it',
  },
  {
    from: ['providers/canonical/'],
    never: ['src/', 'providers/formats/'],
    why: 'the canonical model stands on nothing',
  },
  {
    from: ['src/entities/', 'src/errors/'],
    never: [...engine, 'src/pdk/', 'src/config/'],
    why: 'entities and errors stand below everything else',
  },
  {
    from: ['src/pdk/'],
    never: ['src/pipeline/', 'src/router/', 'src/snapshot/', 'src/server/', 'src/admin/', 'src/cli/', 'src/config/'],
    why: 'the PDK is an interface; the pipeline implements it',
  },
  {
    from: plugins,
    never: ['src/pipeline/', 'src/router/', 'src/snapshot/', 'src/server/', 'src/admin/', 'src/cli/', 'src/config/'],
    why: 'a plugin touches an exchange through the PDK alone',
  },
]

const files = globSync('{src,providers,ai-plugins,mcp,a2a}/**/*.ts')
const imports = new Map(files.map((file) => [file, importsOf(file)]))
const problems: string[] = []

for (const [file, targets] of imports) {
  for (const target of targets) {
    for (const { from, never, why } of rules) {
      if (from.some((folder) => file.startsWith(folder)) && never.some((folder) => target.startsWith(folder))) {
        problems.push(`${file} imports ${target}: ${why}`)
      }
    }
    const [own, other] = [pluginFolder(file), pluginFolder(target)]
    if (own !== null && other !== null && own !== other) {
      problems.push(`${file} imports ${target}: a plugin never imports another plugin's folder`)
    }
  }
}
for (const cycle of cycles()) problems.push(`imports go in a circle: ${cycle.join(' -> ')}`)

for (const problem of problems) console.error(problem)
console.log(`${files.length} files, ${problems.length} breaches of the import rules`)
process.exitCode = problems.length > 0 ? 1 : 0

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    normalize(join(dirname(file), path)),
  )
}

/** `src/plugins/key-auth` for its files; the lists of plugins, and what several share, belong to none. */
function pluginFolder(file: string): string | null {
  const folder = /^(?:src\/plugins|ai-plugins)\/[^/]+(?=\/)/.exec(file)?.[0] ?? null
  return folder === 'src/plugins/shared' ? null : folder
}

/** Each circle once, from the file at which it was entered. */
function cycles(): string[][] {
  const found: string[][] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string) => {
    const start = path.indexOf(file)
    if (start >= 0) {
      found.push([...path.slice(start), file])
      return
    }
    if (done.has(file)) return
    path.push(file)
    for (const target of imports.get(file) ?? []) visit(target)
    path.pop()
    done.add(file)
  }
  for (const file of files) visit(file)
  return found
}
