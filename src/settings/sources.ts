/** Collects the text of each setting from flags, environment and file, and remembers where it came from. */

import { parseConf } from './conf-file.ts'
import { parseFlags } from './flags.ts'
import { isKongName, replacementOf } from './kong-names.ts'
import { didYouMean } from './nearest.ts'
import { settingNames } from './schema.ts'
import { envOf } from './table.ts'

export interface SettingsInput {
  /** Arguments after the command's name. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Reads a text file; throws if it cannot. */
  readonly readFile: (path: string) => string
}

/** A setting as it was written. */
export interface Given {
  readonly text: string
  /** For messages: `flag --log-level`, `env TOLLGATE_LOG_LEVEL`, `tollgate.conf:12`. */
  readonly where: string
}

export interface Sources {
  readonly given: ReadonlyMap<string, Given>
  readonly problems: string[]
  readonly warnings: string[]
}

const known = new Set(settingNames)
const knownFlags = new Set([...settingNames, 'conf'])
/** Kubernetes sets these in every pod beside a service named "tollgate"; they are not meant as settings. */
const serviceLink = /^TOLLGATE_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)$/

/** Reads all sources; an earlier one of flags, environment, file wins. An empty text counts as not written. */
export function readSources(input: SettingsInput): Sources {
  const given = new Map<string, Given>()
  const warnings: string[] = []
  const { flags, problems: flagProblems } = parseFlags(input.argv, knownFlags)
  const problems = [...flagProblems]

  const { env } = input
  const conf = flags.findLast((flag) => flag.name === 'conf')?.value ?? env.TOLLGATE_CONF
  if (conf) readConf(conf, input, given, problems, warnings)

  for (const [variable, text] of Object.entries(env)) {
    if (text === undefined) continue
    const name = settingOf(variable, warnings)
    if (name !== null && text.trim() !== '') given.set(name, { text, where: `env ${variable}` })
  }
  for (const { name, value, spelled } of flags) {
    if (name !== 'conf' && value.trim() !== '') given.set(name, { text: value, where: `flag ${spelled}` })
  }
  return { given, problems, warnings }
}

function readConf(
  path: string,
  input: SettingsInput,
  given: Map<string, Given>,
  problems: string[],
  warnings: string[],
): void {
  let text: string
  try {
    text = input.readFile(path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    problems.push(`settings file ${path} cannot be read: ${reason}; mend the path given by --conf or TOLLGATE_CONF`)
    return
  }
  const file = parseConf(text)
  for (const { line, message } of file.problems) problems.push(`${path}:${line}: ${message}`)
  for (const { name, value, line } of file.entries) {
    const where = `${path}:${line}`
    if (!known.has(name)) {
      warnings.push(unknownInFile(name, where))
      continue
    }
    const earlier = given.get(name)
    if (earlier) warnings.push(`${where}: ${name} is written again and replaces that of ${earlier.where}`)
    if (value !== '') given.set(name, { text: value, where })
  }
}

function unknownInFile(name: string, where: string): string {
  const replacement = replacementOf(name)
  if (replacement !== null) return `${where}: ${name} has no effect here; use ${replacement}`
  if (isKongName(name)) return `${where}: ${name} is a setting of Kong that has no effect here`
  return `${where}: ${name} is not known and has no effect${didYouMean(name, known, (name) => name)}`
}

/** The setting that a variable names, or `null`, with a warning if it looks meant as one. */
function settingOf(variable: string, warnings: string[]): string | null {
  const parts = /^(TOLLGATE|KONG)_(.+)$/.exec(variable)
  if (!parts) return null
  const name = (parts[2] ?? '').toLowerCase()
  const spelled = envOf(name)
  if (parts[1] === 'KONG') {
    if (known.has(name)) warnings.push(`env ${variable} has no effect; name it ${spelled}`)
    return null
  }
  if (known.has(name) && variable === spelled) return name
  if (variable === 'TOLLGATE_CONF' || serviceLink.test(variable)) return null
  const replacement = replacementOf(name)
  if (replacement !== null) warnings.push(`env ${variable} has no effect; use ${envOf(replacement)}`)
  else if (isKongName(name)) warnings.push(`env ${variable}: ${name} is a setting of Kong that has no effect here`)
  else warnings.push(`env ${variable} is not known and has no effect${didYouMean(name, known, envOf)}`)
  return null
}
