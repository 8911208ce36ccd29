/** The commands: `start`, `check`, and help on both. */

import { readFileSync } from 'node:fs'
import { check } from './check.ts'
import { start } from './start.ts'
import { version } from './version.ts'

const help = `Tollgate ${version}: an AI gateway.

  tollgate start [--config FILE] [--conf FILE] [--SETTING VALUE ...]
      Serves a declarative configuration; without one, every provider whose key is in the environment.
  tollgate check FILE
      Says what is wrong with a declarative configuration, and does nothing else.
  tollgate settings
      Lists every setting with its flag, its variable and its default.

A setting is a flag (--proxy-listen), a variable (TOLLGATE_PROXY_LISTEN) or a line of the file that --conf names.`

/** Runs a command and resolves with the exit code. `onServing` is called once a gateway has begun to serve. */
export async function run(argv: readonly string[], onServing: () => void = () => {}): Promise<number> {
  const [command, ...rest] = argv
  switch (command) {
    case 'start':
      return start(rest, onServing)
    case 'check':
      return check(rest, (path) => readFileSync(path, 'utf8'))
    case 'settings': {
      const { settingsText } = await import('./settings-text.ts')
      console.log(settingsText())
      return 0
    }
    case 'version':
    case '--version':
    case '-v':
      console.log(version)
      return 0
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      console.log(help)
      return 0
    default:
      console.error(`tollgate: there is no command "${command}"\n\n${help}`)
      return 1
  }
}
