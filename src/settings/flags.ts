/** Reads settings from the command line. */

import { didYouMean } from './nearest.ts'
import { switchNames } from './schema.ts'
import { flagOf } from './table.ts'

export interface Flag {
  readonly name: string
  readonly value: string
  /** As the user spelled it, for messages. */
  readonly spelled: string
}

export interface Flags {
  readonly flags: readonly Flag[]
  readonly problems: readonly string[]
}

const aliases: Readonly<Record<string, string>> = { '--config': 'declarative_config', '-c': 'conf' }
const switchWord = /^(on|off|true|false|1|0)$/i

/** Reads `--name value`, `--name=value` and, for switches, `--name`; names may hold hyphens or underscores. */
export function parseFlags(argv: readonly string[], known: ReadonlySet<string>): Flags {
  const flags: Flag[] = []
  const problems: string[] = []
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? ''
    if (!argument.startsWith('-')) {
      problems.push(`argument "${argument}" is not expected; settings are given as --name value`)
      continue
    }
    const equals = argument.indexOf('=')
    const spelled = equals < 0 ? argument : argument.slice(0, equals)
    const name = Object.hasOwn(aliases, spelled) ? (aliases[spelled] ?? '') : nameOf(spelled)
    const next = argv[index + 1]
    const isKnown = known.has(name)
    if (!isKnown) problems.push(`flag ${spelled} is not known${didYouMean(name, known, flagOf)}`)

    if (equals >= 0) {
      if (isKnown) flags.push({ name, value: argument.slice(equals + 1), spelled })
    } else if (switchNames.has(name) && !(next !== undefined && switchWord.test(next))) {
      flags.push({ name, value: 'on', spelled })
    } else if (next !== undefined && (!next.startsWith('--') || isPem(next))) {
      // The value of an unknown flag is passed over too, so that one mistake gives one message.
      index++
      if (isKnown) flags.push({ name, value: next, spelled })
    } else if (isKnown) {
      problems.push(`flag ${spelled} has no value; write ${spelled} VALUE or ${spelled}=VALUE`)
    }
  }
  return { flags, problems }
}

/** A certificate or a key begins like a flag; taken for one, it would be printed. */
function isPem(value: string): boolean {
  return value.startsWith('-----BEGIN ')
}

function nameOf(spelled: string): string {
  return spelled.startsWith('--') ? spelled.slice(2).replaceAll('-', '_') : ''
}
