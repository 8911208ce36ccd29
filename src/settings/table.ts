/** The settings as a table, since the docs and `--help` must not drift from the schema. */

import { settingsSchema } from './schema.ts'

export interface SettingRow {
  readonly name: string
  /** As in `--proxy-listen`. */
  readonly flag: string
  /** As in `TOLLGATE_PROXY_LISTEN`. */
  readonly env: string
  /** As it would be written in the file; empty if there is none. */
  readonly default: string
  readonly description: string
}

/** Every setting in the order of the schema. */
export function settingsTable(): SettingRow[] {
  return Object.entries(settingsSchema.shape).map(([name, schema]) => ({
    name,
    flag: flagOf(name),
    env: envOf(name),
    default: schema.def.defaultValue,
    description: schema.description ?? '',
  }))
}

export function flagOf(name: string): string {
  return `--${name.replaceAll('_', '-')}`
}

export function envOf(name: string): string {
  return `TOLLGATE_${name.toUpperCase()}`
}
