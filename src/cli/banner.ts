/** What a start prints: what is served, where, and the one command to try. */

import type { Addresses } from '../server/node.ts'
import type { ConfigSource } from './config-source.ts'
import type { ServedProvider } from './zero-config.ts'

export interface BannerFacts {
  readonly version: string
  readonly addresses: Addresses
  readonly source: Pick<ConfigSource, 'name' | 'file' | 'providers' | 'notes'>
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
  const { name: served, file, providers, notes } = source
  if (providers === null) {
    return [...lines, `Serving ${served}${file === null ? '' : '; it is read again whenever it changes'}.`].join('\n')
  }
  lines.push(
    `Serving ${base}/v1/chat/completions, /v1/messages, /v1/completions, /v1/embeddings and /v1/models with`,
    '',
    ...providerLines(providers),
    '',
    ...notes,
    ...(providers.some(({ name }) => name === 'demo')
      ? ['Set OPENAI_API_KEY, ANTHROPIC_API_KEY or the key of another provider for real models.']
      : ['The name of a model says whose it is, as in `provider/model`; a bare name does where it can only be one.']),
    '',
    'Try it:',
    '',
    ...tryLines(base, providers),
  )
  return lines.join('\n')
}

/** A line for each: its name, its address, and the variables that say so. */
function providerLines(providers: readonly ServedProvider[]): string[] {
  const rows = providers.map(({ name, address = 'built in, needs no network', variables }) => ({
    name,
    address,
    why: variables.length > 0 ? `from ${variables.join(', ')}` : 'since the environment sets up no other',
  }))
  const width = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length))
  const names = width(rows.map(({ name }) => name))
  const addresses = width(rows.map(({ address }) => address))
  return rows.map(({ name, address, why }) => `  ${name.padEnd(names)}  ${address.padEnd(addresses)}  ${why}`)
}

/** Models that an account with the provider is likely to have. */
const likelyModels: Readonly<Record<string, string>> = {
  demo: 'demo',
  openai: 'gpt-5-mini',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-2.5-flash',
  mistral: 'mistral-small-latest',
  deepseek: 'deepseek-chat',
  perplexity: 'sonar',
  bedrock: 'openai.gpt-oss-20b',
}

/** Where no model can be guessed, the list of them is what works. */
function tryLines(base: string, providers: readonly ServedProvider[]): string[] {
  const name = providers.map((provider) => provider.name).find((candidate) => likelyModels[candidate] !== undefined)
  if (name === undefined) return [`  curl ${base}/v1/models`]
  return [
    `  curl ${base}/v1/chat/completions -H 'content-type: application/json' \\`,
    `    -d '{"model": "${name}/${likelyModels[name]}", "messages": [{"role": "user", "content": "Hello!"}]}'`,
  ]
}
