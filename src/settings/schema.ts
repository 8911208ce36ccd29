/** Every process setting, its default and its meaning: parsing, the docs table and the flags all come from here. */

import { z } from 'zod'
import * as values from './values.ts'

/** From the most to the least talkative. */
export const logLevels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'] as const

const headerNames = [
  'Server',
  'Via',
  'X-Kong-Admin-Latency',
  'X-Kong-Proxy-Latency',
  'X-Kong-Request-Id',
  'X-Kong-Response-Latency',
  'X-Kong-Upstream-Latency',
  'X-Kong-Upstream-Status',
] as const
const headerGroups = {
  server_tokens: ['Server', 'Via'],
  latency_tokens: [
    'X-Kong-Proxy-Latency',
    'X-Kong-Upstream-Latency',
    'X-Kong-Response-Latency',
    'X-Kong-Admin-Latency',
  ],
} as const

const pluginName = (name: string) =>
  /^[\w.~-]+$/.test(name) ? null : `"${name}" is not a plugin name; write bundled, off, or names separated by commas`

function setting<T>(kind: z.ZodType<T, string>, initial: string, description: string) {
  return kind.prefault(initial).meta({ description })
}

function secret<T>(kind: z.ZodType<T, string>, description: string) {
  return kind.prefault('').meta({ description, secret: true })
}

export const settingsSchema = z.object({
  // Listeners
  proxy_listen: setting(
    values.listeners,
    '0.0.0.0:8000',
    'Where clients are served: a comma list of `addr:port [ssl] [reuseport] [backlog=N]`, or `off`. IPv6 in brackets; port 0 lets the system choose.',
  ),
  admin_listen: setting(
    values.listeners,
    '127.0.0.1:8001',
    'Where the Admin API is served, as `proxy_listen`. Any address but a loopback one needs `admin_token`.',
  ),
  status_listen: setting(values.listeners, '127.0.0.1:8100', 'Where health and metrics are served, as `proxy_listen`.'),
  admin_token: secret(
    values.optionalText,
    'Token that callers of the Admin API must send. May be a reference such as `{vault://env/ADMIN_TOKEN}`.',
  ),

  // Configuration
  declarative_config: setting(
    values.optionalText,
    '',
    'Declarative file (YAML or JSON) that the gateway serves. The flag may also be spelled `--config`.',
  ),
  declarative_config_string: secret(
    values.optionalText,
    'The declarative configuration itself, in place of `declarative_config`.',
  ),
  router_flavor: setting(
    values.choice(['traditional_compatible', 'traditional']),
    'traditional_compatible',
    'How routes are matched: `traditional_compatible` or `traditional`.',
  ),
  plugins: setting(
    values.checkedList(pluginName),
    'bundled',
    'Plugins that may be configured: `bundled`, `off`, or a comma list of names, in which `bundled` stands for all that ship.',
  ),
  plugin_paths: setting(values.textList, '', 'Comma list of files and folders that hold custom plugins.'),

  // Process
  nginx_worker_processes: setting(
    values.autoOrCount,
    'auto',
    'Number of worker threads; `auto` is one for each processor.',
  ),
  log_level: setting(values.choice(logLevels), 'notice', `Least level that is logged: ${logLevels.join(', ')}.`),
  node_id: setting(values.optionalUuid, '', 'UUID of this node; generated at start if absent.'),
  drain_timeout: setting(
    values.duration(0),
    '30',
    'Seconds that a stopping gateway waits for running requests before it cuts them off.',
  ),
  ready_json: setting(
    values.onOff,
    'off',
    'Prints one JSON line on standard output once all listeners are open, with their URLs and the process id.',
  ),

  // Who the client is
  trusted_ips: setting(
    values.addressBlocks,
    '',
    'Comma list of addresses and CIDR blocks whose `X-Forwarded-*` headers are believed.',
  ),
  real_ip_header: setting(
    values.headerName,
    'X-Real-IP',
    'Header that tells the address of the client if the sender is trusted.',
  ),
  real_ip_recursive: setting(
    values.onOff,
    'off',
    'Takes the last address of `real_ip_header` that is not trusted, in place of the last one.',
  ),

  // What is told
  headers: setting(
    values.headerList(headerNames, headerGroups),
    'server_tokens, latency_tokens, X-Kong-Request-Id',
    `Headers added to answers: \`off\`, or some of server_tokens, latency_tokens, ${headerNames.join(', ')}.`,
  ),
  headers_upstream: setting(
    values.headerList(['X-Kong-Request-Id'], {}),
    'X-Kong-Request-Id',
    'Headers added to requests: `off`, or X-Kong-Request-Id.',
  ),
  allow_debug_header: setting(
    values.onOff,
    'off',
    'Whether a request with `Kong-Debug: 1` is told which route and service served it.',
  ),
  error_default_type: setting(
    values.choice(['text/plain', 'text/html', 'application/json', 'application/xml']),
    'text/plain',
    'Media type of error bodies where the request does not ask for one.',
  ),

  // TLS
  ssl_cert: setting(
    values.textList,
    '',
    'Certificates of `ssl` listeners: a comma list of files, PEM texts or vault references.',
  ),
  ssl_cert_key: secret(values.textList, 'Keys of `ssl_cert`, in the same order.'),
  tls_certificate_verify: setting(
    values.onOff,
    'on',
    'Whether the certificates of upstream and other servers are verified where nothing more specific says so.',
  ),

  // Limits on requests
  nginx_http_client_max_body_size: setting(
    values.bytes(0),
    '100m',
    'Greatest request body, as in `100m`; 0 is no limit. Kong has no limit by default; here bodies may be held in memory.',
  ),
  client_header_max_size: setting(
    values.bytes(1024),
    '16k',
    'Greatest size of the request line and all headers together, in bytes.',
  ),
  allow_encoded_slash: setting(
    values.onOff,
    'off',
    'Whether request paths with `%2F` are sent on. Off, they are refused: the gateway and a service may read them differently.',
  ),
  client_header_timeout: setting(values.duration(0), '60', 'Seconds a client has to send its headers; 0 is no limit.'),
  client_body_timeout: setting(
    values.duration(0),
    '60',
    'Seconds that may pass between two pieces of a request body; 0 is no limit.',
  ),
  keepalive_timeout: setting(
    values.duration(0),
    '75',
    'Seconds that an idle client connection stays open; 0 closes it after each answer.',
  ),

  // Towards upstreams
  upstream_keepalive_pool_size: setting(
    values.integer(0, 65535),
    '512',
    'Idle connections kept for each upstream server; 0 keeps none.',
  ),
  upstream_keepalive_max_requests: setting(
    values.integer(0, 1_000_000_000),
    '10000',
    'Requests after which an upstream connection is closed; 0 is no limit.',
  ),
  upstream_keepalive_idle_timeout: setting(
    values.duration(0),
    '60',
    'Seconds that an idle upstream connection stays open; 0 is no limit.',
  ),
  upstream_total_timeout: setting(
    values.duration(0),
    '0',
    'Seconds that one request may take in all, retries included; 0 is no limit.',
  ),
  max_buffered_response: setting(
    values.bytes(1),
    '16m',
    'Greatest upstream answer that is held in memory for a plugin that needs it whole.',
  ),

  // Accepted for the sake of Kong's files
  worker_consistency: setting(
    values.choice(['eventual', 'strict']),
    'strict',
    'Accepted and ignored: a worker never serves an old configuration after a reload.',
  ),
})

/** All settings, parsed. Times are in seconds, sizes in bytes, absent texts are `null`. */
export type Settings = Readonly<z.output<typeof settingsSchema>>
export type SettingName = keyof Settings
export type LogLevel = Settings['log_level']

/** Names of all settings, as in the file. */
export const settingNames: readonly string[] = Object.keys(settingsSchema.shape)

/** Names of settings whose values are never printed. */
export const secretNames: ReadonlySet<string> = new Set(
  Object.entries(settingsSchema.shape)
    .filter(([, schema]) => schema.meta()?.secret === true)
    .map(([name]) => name),
)

/** Names of settings that are switches: a flag of theirs needs no value. */
export const switchNames: ReadonlySet<string> = new Set(
  Object.entries(settingsSchema.shape)
    .filter(([, schema]) => schema.def.innerType === values.onOff)
    .map(([name]) => name),
)
