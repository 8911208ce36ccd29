/** Perplexity, which speaks OpenAI's format. */

import { oldMaxTokens } from '../fixes.ts'
import { bearer, defineProvider } from '../provider.ts'

export const perplexity = defineProvider({
  name: 'perplexity',
  title: 'Perplexity',
  baseUrl: 'https://api.perplexity.ai',
  formats: ['openai-chat'],
  paths: { chat: '/chat/completions' },
  auth: bearer,
  env: { key: 'PERPLEXITY_API_KEY', baseUrl: 'PERPLEXITY_BASE_URL' },
  models: /^sonar(?:-|$)/,
  fixRequest: oldMaxTokens,
})
