/** Where the configuration of a start comes from: a file, a text, or the environment. */

import { readFileSync } from 'node:fs'
import type { Settings } from '../settings/index.ts'
import { type ServedProvider, zeroConfig } from './zero-config.ts'

export interface ConfigSource {
  readonly text: string
  readonly name: string
  /** `null`: not from a file. */
  readonly file: string | null
  /** Whether `${{ env "DECK_..." }}` is expanded in it. */
  readonly expands: boolean
  /** Providers that are served without any configuration. */
  readonly providers: readonly ServedProvider[] | null
  /** What whoever starts it should know. */
  readonly notes: readonly string[]
}

/** Throws an Error where the file cannot be read, or a variable of the environment cannot be right. */
export function configSource(
  settings: Pick<Settings, 'declarative_config' | 'declarative_config_string'>,
  env: NodeJS.ProcessEnv = process.env,
): ConfigSource {
  if (settings.declarative_config !== null) {
    const file = settings.declarative_config
    return { text: readFileSync(file, 'utf8'), name: file, file, expands: true, providers: null, notes: [] }
  }
  if (settings.declarative_config_string !== null) {
    const text = settings.declarative_config_string
    return { text, name: 'declarative_config_string', file: null, expands: true, providers: null, notes: [] }
  }
  const { config, providers, notes } = zeroConfig(env)
  return { text: JSON.stringify(config), name: 'the environment', file: null, expands: false, providers, notes }
}
