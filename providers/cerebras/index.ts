/** Cerebras, which speaks OpenAI's format. */

import { without } from '../fixes.ts'
import { bearer, defineProvider, openaiPaths } from '../provider.ts'

export const cerebras = defineProvider({
  name: 'cerebras',
  title: 'Cerebras',
  baseUrl: 'https://api.cerebras.ai',
  formats: ['openai-chat'],
  paths: { chat: openaiPaths.chat, models: openaiPaths.models },
  auth: bearer,
  env: { key: 'CEREBRAS_API_KEY', baseUrl: 'CEREBRAS_BASE_URL' },
  developerRole: true,
  reasoningField: 'reasoning',
  fixRequest: without('top_k', 'store', 'metadata'),
})
