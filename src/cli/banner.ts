/** What a start prints: what is served, where, and the one command to try. */

import type { Addresses } from '../server/node.ts'
import type { ConfigSource } from './config-source.ts'

export interface BannerFacts {
  readonly version: string
  readonly addresses: Addresses
  readonly source: Pick<ConfigSource, 'name' | 'providers'>
  readonly workers: number
}

export function banner({ version, addresses, source, workers }: BannerFacts): string {
  const [proxy = ''] = addresses.proxy
  const base = proxy.replace('0.0.0.0', 'localhost').replace('[::]', 'localhost')
  const lines = [
    `Tollgate ${version}, ${workers} worker${workers === 1 ? '' : 's'}`,
    '',
    `  proxy   ${addresses.proxy.join(', ') || 'off'}`,
    `  admin   ${addresses.admin.join(', ') || 'off'}`,
    `  status  ${addresses.status.join(', ') || 'off'}`,
    '',
  ]
  const { providers } = source
  if (providers === null) return [...lines, `Serving ${source.name}; it is read again whenever it changes.`].join('\n')
  lines.push(
    `Serving ${providers.join(', ')} at ${base}/v1/chat/completions, /v1/messages, /v1/embeddings and /v1/models.`,
    ...(providers[0] === 'demo'
      ? [
          'No provider key is in the environment, so the built-in demo answers; set OPENAI_API_KEY, ANTHROPIC_API_KEY, ... for real ones.',
        ]
      : []),
    '',
    'Try it:',
    '',
    `  curl ${base}/v1/chat/completions -H 'content-type: application/json' \\`,
    `    -d '{"model": "${tryModel(providers[0] ?? 'demo')}", "messages": [{"role": "user", "content": "Hello!"}]}'`,
  )
  return lines.join('\n')
}

/** A model that an account with that provider is likely to have. */
function tryModel(provider: string): string {
  const models: Readonly<Record<string, string>> = {
    demo: 'demo/demo',
    openai: 'openai/gpt-5-mini',
    anthropic: 'anthropic/claude-haiku-4-5',
    gemini: 'gemini/gemini-2.5-flash',
    mistral: 'mistral/mistral-small-latest',
  }
  return models[provider] ?? `${provider}/MODEL`
}
