/** The configuration of a gateway that was given none: every provider whose key stands in the environment. */

import { providers } from '../../providers/index.ts'
import { baseUrlOf, type ProviderDefinition } from '../../providers/provider.ts'
import { addressOf } from './address.ts'

export interface ServedProvider {
  readonly name: string
  /** Where it is; absent: it is built in. */
  readonly address?: string
  /** The variables that brought it to life. */
  readonly variables: readonly string[]
}

export interface ZeroConfig {
  readonly config: object
  readonly providers: readonly ServedProvider[]
  /** Why a provider is left out whose key is there. */
  readonly notes: readonly string[]
}

interface Found {
  readonly served: ServedProvider
  /** As in `providers` of ai-model-router. */
  readonly entry: object
}

/** Keys stay in the environment: the configuration only refers to them. Throws an Error for a value that cannot be right. */
export function zeroConfig(env: NodeJS.ProcessEnv): ZeroConfig {
  const notes: string[] = []
  const found: Found[] = []
  for (const provider of providers.values()) {
    const one = findProvider(provider, env)
    if (typeof one === 'string') notes.push(one)
    else if (one !== null) found.push(one)
  }
  if (found.length === 0) found.push({ served: { name: 'demo', variables: [] }, entry: { name: 'demo' } })
  const entries = found.map(({ entry }) => entry)
  return { providers: found.map(({ served }) => served), notes, config: configuration(entries) }
}

/** `null`: the environment does not mention it; a text: why it cannot be served all the same. */
function findProvider(provider: ProviderDefinition, env: NodeJS.ProcessEnv): Found | string | null {
  const { name, env: names, baseUrl: usual } = provider
  if (names === undefined) return null
  const { key, auth = [], baseUrl } = names
  const written = baseUrl === undefined ? undefined : env[baseUrl]?.trim()
  const byKey = key !== undefined && Boolean(env[key])
  const byParts = !byKey && auth.length > 0 && auth.every(({ variable, optional }) => optional || env[variable])
  const needsAddress = usual === undefined || key === undefined
  if (needsAddress ? !written : !byKey && !byParts) return null
  const options = names.options?.(env) ?? {}
  if (typeof options === 'string') return `${name} is left out: ${options}.`
  const upstream = baseUrl !== undefined && written ? addressOf(baseUrl, written, provider, options) : undefined
  const parts = byParts ? auth.filter(({ variable }) => env[variable]) : []
  const address = upstream ?? baseUrlOf(provider, options)
  return {
    served: {
      name,
      ...(address !== undefined && { address }),
      variables: [
        ...(byKey ? [key] : []),
        ...parts.map(({ variable }) => variable),
        ...(upstream !== undefined && baseUrl !== undefined ? [baseUrl] : []),
      ],
    },
    entry: {
      name,
      ...(byKey && { key: reference(key) }),
      ...(byParts && { auth: Object.fromEntries(parts.map(({ field, variable }) => [field, reference(variable)])) }),
      ...(upstream !== undefined && { upstream_url: upstream }),
      ...(Object.keys(options).length > 0 && { options }),
    },
  }
}

function reference(variable: string): string {
  return `{vault://env/${variable.toLowerCase().replaceAll('_', '-')}}`
}

function configuration(entries: readonly object[]): object {
  const route = (name: string, path: string, methods: readonly string[], config: object) => ({
    name,
    paths: [path],
    methods,
    plugins: [
      { name: 'ai-model-router', config: { providers: entries, logging: { log_statistics: true }, ...config } },
    ],
  })
  return {
    _format_version: '3.0',
    routes: [
      route('chat-completions', '/v1/chat/completions', ['POST'], {}),
      route('completions', '/v1/completions', ['POST'], { route_type: 'llm/v1/completions' }),
      route('embeddings', '/v1/embeddings', ['POST'], { route_type: 'llm/v1/embeddings' }),
      route('messages', '/v1/messages', ['POST'], { llm_format: 'anthropic' }),
      route('models', '/v1/models', ['GET', 'HEAD'], { route_type: 'models' }),
    ],
    plugins: [{ name: 'prometheus', config: { status_code_metrics: true, latency_metrics: true, ai_metrics: true } }],
  }
}
