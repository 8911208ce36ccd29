/** Tollgate as a user would run it: key-auth, ai-proxy with usage statistics, and prometheus with every family of metrics. */

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../measure/ports.ts'
import { startProcess } from '../measure/processes.ts'
import { waitUntilReady } from './ready.ts'
import { type Stack, Unavailable } from './stack.ts'

export const tollgate: Stack = {
  name: 'tollgate',
  about: 'key-auth, ai-proxy (log_statistics), prometheus with status, latency, bandwidth and AI metrics',
  async start(context) {
    const program = join(context.root, 'dist/src/cli/main.js')
    if (!existsSync(program)) throw new Unavailable('dist/src/cli/main.js is missing: npm run build')
    const file = join(context.folder, 'tollgate.yaml')
    writeFileSync(file, config(context.upstreamPort))
    const port = await freePort()
    const managed = startProcess({
      command: context.node,
      args: [program, 'start', '--config', file],
      cores: context.workers > 1 ? context.cores.gatewayPair : context.cores.gateway,
      cwd: context.folder,
      env: {
        TOLLGATE_PROXY_LISTEN: `127.0.0.1:${port}`,
        TOLLGATE_ADMIN_LISTEN: `127.0.0.1:${await freePort()}`,
        TOLLGATE_STATUS_LISTEN: `127.0.0.1:${await freePort()}`,
        TOLLGATE_NGINX_WORKER_PROCESSES: String(context.workers),
        TOLLGATE_LOG_LEVEL: 'warn',
      },
    })
    const headers = { apikey: 'bench-key' }
    const chat = { port, path: '/v1/chat/completions', headers }
    await waitUntilReady(managed, chat)
    return { pid: managed.pid, chat, translated: { port, path: '/anthropic/chat', headers }, stop: managed.stop }
  },
}

function config(upstream: number): string {
  return `_format_version: "3.0"
consumers:
  - username: bench
    keyauth_credentials:
      - key: bench-key
plugins:
  - name: key-auth
  - name: prometheus
    config:
      status_code_metrics: true
      latency_metrics: true
      bandwidth_metrics: true
      ai_metrics: true
services:
  - name: llm
    url: http://127.0.0.1:1
    routes:
      - name: chat
        paths: [/v1/chat/completions]
        plugins:
          - name: ai-proxy
            config:
              route_type: llm/v1/chat
              auth: { header_name: Authorization, header_value: Bearer sk-bench }
              model:
                provider: openai
                name: gpt-4o-mini
                options: { upstream_url: "http://127.0.0.1:${upstream}/v1/chat/completions" }
              logging: { log_statistics: true }
      - name: translated
        paths: [/anthropic/chat]
        plugins:
          - name: ai-proxy
            config:
              route_type: llm/v1/chat
              auth: { header_name: x-api-key, header_value: sk-bench }
              model:
                provider: anthropic
                name: claude-bench
                options:
                  anthropic_version: "2023-06-01"
                  max_tokens: 1024
                  upstream_url: "http://127.0.0.1:${upstream}/v1/messages"
              logging: { log_statistics: true }
`
}
