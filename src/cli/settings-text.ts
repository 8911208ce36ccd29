/** All settings as a list for people. */

import { settingsTable } from '../settings/table.ts'

export function settingsText(): string {
  return settingsTable()
    .map(({ flag, env, default: initial, description }) => `${flag}  ${env}  [${initial}]\n    ${description}`)
    .join('\n')
}
