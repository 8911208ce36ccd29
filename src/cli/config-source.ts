/** Where the configuration of a start comes from: a file, a text, or the environment. */

import { readFileSync } from 'node:fs'
import type { Settings } from '../settings/index.ts'
import { zeroConfig } from './zero-config.ts'

export interface ConfigSource {
  readonly text: string
  readonly name: string
  /** `null`: not from a file. */
  readonly file: string | null
  /** Whether `${{ env "DECK_..." }}` is expanded in it. */
  readonly expands: boolean
  /** Providers that are served without any configuration. */
  readonly providers: readonly string[] | null
}

export function configSource(settings: Settings): ConfigSource {
  if (settings.declarative_config !== null) {
    const file = settings.declarative_config
    return { text: readFileSync(file, 'utf8'), name: file, file, expands: true, providers: null }
  }
  if (settings.declarative_config_string !== null) {
    const text = settings.declarative_config_string
    return { text, name: 'declarative_config_string', file: null, expands: true, providers: null }
  }
  const { config, providers } = zeroConfig(process.env)
  return { text: JSON.stringify(config), name: 'the environment', file: null, expands: false, providers }
}
