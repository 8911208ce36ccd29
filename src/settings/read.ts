/** Makes the process settings from all their sources, or tells everything that is wrong with them at once. */

import { isLoopback, type Listener, parseListen } from './listen.ts'
import { isVaultReference } from './redact.ts'
import { type Settings, settingsSchema } from './schema.ts'
import { type Given, readSources, type SettingsInput } from './sources.ts'

export type SettingsResult =
  | {
      readonly ok: true
      readonly settings: Settings
      readonly warnings: string[]
      /** Names of the settings that somebody set. */
      readonly given: ReadonlySet<string>
    }
  | { readonly ok: false; readonly problems: string[] }

type GivenSettings = ReadonlyMap<string, Given>

const listenNames = ['proxy_listen', 'admin_listen', 'status_listen'] as const
/** Settings in which a vault reference is kept, to be resolved once vaults are there. */
const referable = new Set(['admin_token', 'declarative_config_string', 'ssl_cert', 'ssl_cert_key'])
const shortestToken = 16

/**
 * Reads the settings: flags, then `TOLLGATE_*` variables, then the file of `--conf`, then defaults. Each problem says
 * what is wrong, where it stands and how to mend it; none quotes the value of a secret setting.
 *
 * @example
 * const result = readSettings({ argv: ['--log-level', 'info'], env: process.env, readFile })
 */
export function readSettings(input: SettingsInput): SettingsResult {
  const { given, problems, warnings } = readSources(input)
  for (const [name, { text, where }] of given) {
    if (isVaultReference(text.trim()) && !referable.has(name)) {
      problems.push(`${name} (${where}): references are read only in ${[...referable].join(', ')}; write the value`)
    }
  }
  const texts = Object.fromEntries([...given].map(([name, { text }]) => [name, text]))
  const parsed = settingsSchema.safeParse(texts)
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0])
    const text = given.get(name)?.text.trim() ?? ''
    if (!isVaultReference(text)) problems.push(`${name} (${whereOf(name, given)}): ${issue.message}`)
  }
  if (parsed.success) problems.push(...contradictions(parsed.data, given))
  if (!parsed.success || problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    settings: parsed.data,
    warnings: [...warnings, ...remarks(parsed.data, given)],
    given: new Set(given.keys()),
  }
}

/** What is wrong with settings that are right each on its own. */
function contradictions(settings: Settings, given: GivenSettings): string[] {
  const problems = sameAddresses(settings, given)
  const open = settings.admin_listen.filter((listener) => !isLoopback(listener.host))
  if (settings.admin_token === null && open.length > 0) {
    problems.push(
      `admin_listen (${whereOf('admin_listen', given)}): ${open.map(address).join(', ')} can be reached from other machines; set admin_token, or listen on 127.0.0.1`,
    )
  }
  for (const name of ['admin_token', 'declarative_config_string'] as const) {
    const text = settings[name]
    // Taken as it is, a misspelled reference would be a token that anyone can guess.
    if (text?.startsWith('{vault:') && !isVaultReference(text)) {
      problems.push(`${name} (${whereOf(name, given)}) is not a valid reference; write {vault://env/NAME}`)
    }
  }
  if (settings.declarative_config !== null && settings.declarative_config_string !== null) {
    problems.push(
      `declarative_config (${whereOf('declarative_config', given)}) and declarative_config_string (${whereOf('declarative_config_string', given)}) are both set; keep one`,
    )
  }
  if (settings.ssl_cert.length !== settings.ssl_cert_key.length) {
    problems.push(
      `ssl_cert (${whereOf('ssl_cert', given)}) has ${settings.ssl_cert.length} entries and ssl_cert_key (${whereOf('ssl_cert_key', given)}) has ${settings.ssl_cert_key.length}; give one key for each certificate`,
    )
  }
  for (const name of ['admin_listen', 'status_listen'] as const) {
    if (settings.ssl_cert.length > 0 || !settings[name].some(({ ssl }) => ssl)) continue
    problems.push(
      `${name} (${whereOf(name, given)}): an ssl listener needs a certificate; set ssl_cert and ssl_cert_key`,
    )
  }
  return problems
}

function sameAddresses(settings: Settings, given: GivenSettings): string[] {
  const problems: string[] = []
  const owners = new Map<string, string>()
  for (const name of listenNames) {
    for (const listener of settings[name]) {
      if (listener.port === 0) continue
      const owner = owners.get(address(listener))
      if (owner === undefined) owners.set(address(listener), name)
      else {
        problems.push(
          `${name} (${whereOf(name, given)}): ${address(listener)} is already taken by ${owner} (${whereOf(owner, given)}); choose another port`,
        )
      }
    }
  }
  return problems
}

/** What is right and may still surprise. */
function remarks(settings: Settings, given: GivenSettings): string[] {
  const warnings: string[] = []
  for (const name of listenNames) {
    for (const sentence of parseListen(given.get(name)?.text ?? 'off').ignored) {
      warnings.push(`${name} (${whereOf(name, given)}): ${sentence}`)
    }
  }
  if (given.has('worker_consistency')) {
    warnings.push(`worker_consistency (${whereOf('worker_consistency', given)}) has no effect; remove it`)
  }
  if (given.get('trusted_ips')?.text.includes('unix:')) {
    warnings.push(`trusted_ips (${whereOf('trusted_ips', given)}): "unix:" has no effect; Unix sockets are not served`)
  }
  if (settings.ssl_cert.length === 0 && settings.proxy_listen.some(({ ssl }) => ssl)) {
    warnings.push(
      `proxy_listen (${whereOf('proxy_listen', given)}): without ssl_cert only server names that have a certificate in the configuration are served over TLS`,
    )
  }
  const token = settings.admin_token
  if (token !== null && !isVaultReference(token) && token.length < shortestToken) {
    warnings.push(
      `admin_token (${whereOf('admin_token', given)}) is shorter than ${shortestToken} characters and may be guessed; choose a longer one`,
    )
  }
  return warnings
}

function whereOf(name: string, given: GivenSettings): string {
  return given.get(name)?.where ?? 'default'
}

function address({ host, port }: Listener): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
