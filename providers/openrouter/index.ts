/** OpenRouter, which speaks OpenAI's format. */

import { oldMaxTokens } from '../fixes.ts'
import { bearer, defineProvider, openaiPaths } from '../provider.ts'

export const openrouter = defineProvider({
  name: 'openrouter',
  title: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api',
  formats: ['openai-chat'],
  paths: openaiPaths,
  auth: bearer,
  env: { key: 'OPENROUTER_API_KEY', baseUrl: 'OPENROUTER_BASE_URL' },
  reasoningField: 'reasoning_details',
  fixRequest: oldMaxTokens,
})
