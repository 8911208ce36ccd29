/** xAI, which speaks OpenAI's format. */

import { without } from '../fixes.ts'
import { bearer, defineProvider, openaiPaths } from '../provider.ts'

export const xai = defineProvider({
  name: 'xai',
  title: 'xAI',
  baseUrl: 'https://api.x.ai',
  formats: ['openai-chat'],
  paths: { chat: openaiPaths.chat, models: openaiPaths.models },
  auth: bearer,
  env: { key: 'XAI_API_KEY', baseUrl: 'XAI_BASE_URL' },
  models: /^grok-/,
  developerRole: true,
  fixRequest: without('top_k', 'frequency_penalty', 'presence_penalty', 'logit_bias'),
})
