/** The configuration of a gateway that was given none: every provider whose key stands in the environment. */

import { providers } from '../../providers/index.ts'

export interface ZeroConfig {
  readonly config: object
  readonly providers: readonly string[]
}

/** Keys stay in the environment: the configuration only refers to them. */
export function zeroConfig(env: NodeJS.ProcessEnv): ZeroConfig {
  const found: { name: string; key?: string; upstream_url?: string }[] = []
  for (const { name, env: names, baseUrl } of providers.values()) {
    const key = names?.key
    const address = names?.baseUrl === undefined ? undefined : env[names.baseUrl]
    const hasKey = key !== undefined && Boolean(env[key])
    const hasAddress = names?.key === undefined && Boolean(address)
    if (!hasKey && !hasAddress) continue
    found.push({
      name,
      ...(hasKey && { key: `{vault://env/${key.toLowerCase().replaceAll('_', '-')}}` }),
      ...(address && { upstream_url: withScheme(address, baseUrl) }),
    })
  }
  const served = found.length > 0 ? found : [{ name: 'demo' }]
  const route = (name: string, paths: string[], methods: string[], config: object) => ({
    name,
    paths,
    methods,
    plugins: [{ name: 'ai-model-router', config: { providers: served, logging: { log_statistics: true }, ...config } }],
  })
  return {
    providers: served.map(({ name }) => name),
    config: {
      _format_version: '3.0',
      routes: [
        route('chat-completions', ['/v1/chat/completions'], ['POST'], {}),
        route('completions', ['/v1/completions'], ['POST'], { route_type: 'llm/v1/completions' }),
        route('embeddings', ['/v1/embeddings'], ['POST'], { route_type: 'llm/v1/embeddings' }),
        route('messages', ['/v1/messages'], ['POST'], { llm_format: 'anthropic' }),
        route('models', ['/v1/models'], ['GET', 'HEAD'], { route_type: 'models' }),
      ],
      plugins: [{ name: 'prometheus', config: { status_code_metrics: true, latency_metrics: true, ai_metrics: true } }],
    },
  }
}

/** `OLLAMA_HOST` may be a bare `host:port`, and so may others. */
function withScheme(address: string, usual: string | undefined): string {
  if (/^https?:\/\//.test(address)) return address
  const host = address.includes(':') ? address : `${address}:${new URL(usual ?? 'http://localhost:11434').port || '80'}`
  return `http://${host.replace(/^0\.0\.0\.0/, '127.0.0.1')}`
}
