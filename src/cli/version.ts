/** The version of this package. */

import { readFileSync } from 'node:fs'

export const version: string = readVersion()

/** The sources stand one folder less deep than what is built from them. */
function readVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
      if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version)
    } catch {
      // The other place, then.
    }
  }
  return '0.0.0'
}
