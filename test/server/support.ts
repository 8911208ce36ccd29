/** What the tests of servers share: settings, configurations, a quiet logger, and certificates. */

import { get as getPlain, type IncomingHttpHeaders } from 'node:http'
import { get as getTls, type RequestOptions } from 'node:https'
import { connect } from 'node:net'
import { loadConfig } from '../../src/config/load.ts'
import { reportProblems } from '../../src/config/report.ts'
import type { LoadedConfig } from '../../src/config/types.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { readSettings, type Settings } from '../../src/settings/index.ts'
import { PluginRegistry } from '../../src/snapshot/plugin-registry.ts'
import { createLogger, type Logger } from '../../src/telemetry/logger.ts'

export const registry = new PluginRegistry(bundledPlugins)

/** Settings by name; the proxy listens on a free port of this machine alone. */
export function settingsOf(overrides: Readonly<Record<string, string>> = {}): Settings {
  const given = { proxy_listen: '127.0.0.1:0', admin_listen: 'off', status_listen: 'off', ...overrides }
  const env = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [`TOLLGATE_${name.toUpperCase()}`, value]),
  )
  const read = readSettings({ argv: [], env, readFile: () => '' })
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return read.settings
}

export function configOf(config: object, from: PluginRegistry = registry): LoadedConfig {
  const loaded = loadConfig(JSON.stringify({ _format_version: '3.0', ...config }), { catalog: from.catalog() })
  if (!loaded.ok) throw new Error(reportProblems(loaded.problems, 'config'))
  return loaded.config
}

/** A service that answers by itself. */
export function terminating(body: string, more: object = {}): object {
  return {
    _format_version: '3.0',
    routes: [
      { name: 'r', paths: ['/'], plugins: [{ name: 'request-termination', config: { status_code: 200, body } }] },
    ],
    ...more,
  }
}

/** A logger whose lines can be read. */
export function listening(): { logger: Logger; lines: string[] } {
  const lines: string[] = []
  const sink = { write: (line: string) => void lines.push(line), flushSync: () => {} }
  return { logger: createLogger({ level: 'info', redact: (text) => text, sink }), lines }
}

export interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export function get(url: string, options: RequestOptions = {}): Promise<Got> {
  const send = url.startsWith('https') ? getTls : getPlain
  return new Promise((resolve, reject) => {
    const outgoing = send(url, { agent: false, ...options }, (incoming) => {
      let text = ''
      incoming.on('data', (piece) => {
        text += String(piece)
      })
      incoming.on('error', reject)
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }))
    })
    outgoing.on('error', reject)
  })
}

/** Sends bytes, and resolves with all that comes until the server ends the connection. */
export function exchangeBytes(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let text = ''
    socket.on('data', (piece) => {
      text += String(piece)
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
    socket.write(bytes)
  })
}
