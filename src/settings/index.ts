/** Process settings: what the gateway must know before it reads its configuration. */

export { isLoopback, type Listener } from './listen.ts'
export { readSettings, type SettingsResult } from './read.ts'
export { isVaultReference, redactedSettings } from './redact.ts'
export { type LogLevel, logLevels, type SettingName, type Settings } from './schema.ts'
export type { SettingsInput } from './sources.ts'
export { type SettingRow, settingsTable } from './table.ts'
