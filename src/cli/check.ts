/** `tollgate check FILE`: every problem of a declarative configuration, with its line. */

import { parseArgs } from 'node:util'
import { loadConfig } from '../config/load.ts'
import { reportProblems } from '../config/report.ts'
import { loadRegistry } from '../server/load-plugins.ts'

/** Resolves with the exit code: 0 where the file is good. */
export async function check(argv: readonly string[], readFile: (path: string) => string): Promise<number> {
  try {
    return await checkFile(argv, readFile)
  } catch (error) {
    console.error(`tollgate check: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

async function checkFile(argv: readonly string[], readFile: (path: string) => string): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { 'plugin-paths': { type: 'string' } },
  })
  const [file] = positionals
  if (file === undefined || positionals.length > 1) {
    console.error('tollgate check takes one file, as in `tollgate check kong.yml`')
    return 1
  }
  let text: string
  try {
    text = readFile(file)
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : 'it cannot be read'}`)
    return 1
  }
  const registry = await loadRegistry({ plugins: ['bundled'], plugin_paths: values['plugin-paths']?.split(',') ?? [] })
  const result = loadConfig(text, { catalog: registry.catalog(), env: process.env })
  if (!result.ok) {
    console.error(reportProblems(result.problems, file))
    return 1
  }
  for (const warning of result.warnings) console.error(`${file}: warning: ${warning}`)
  const { entities } = result.config
  const counts = entities.names().map((name) => `${entities.all(name).length} ${name}`)
  console.log(`${file}: good${counts.length > 0 ? ` (${counts.join(', ')})` : ''}`)
  return 0
}
