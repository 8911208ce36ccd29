/** Fireworks, which speaks OpenAI's format. */

import { oldMaxTokens } from '../fixes.ts'
import { bearer, defineProvider, openaiPaths } from '../provider.ts'

export const fireworks = defineProvider({
  name: 'fireworks',
  title: 'Fireworks',
  baseUrl: 'https://api.fireworks.ai/inference',
  formats: ['openai-chat'],
  paths: openaiPaths,
  auth: bearer,
  env: { key: 'FIREWORKS_API_KEY', baseUrl: 'FIREWORKS_BASE_URL' },
  models: /^accounts\/fireworks\//,
  reasoningField: 'reasoning_content',
  fixRequest: oldMaxTokens,
})
