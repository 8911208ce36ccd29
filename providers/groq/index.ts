/** Groq, which speaks OpenAI's format. */

import { without } from '../fixes.ts'
import { bearer, defineProvider, openaiPaths } from '../provider.ts'

export const groq = defineProvider({
  name: 'groq',
  title: 'Groq',
  baseUrl: 'https://api.groq.com/openai',
  formats: ['openai-chat'],
  paths: { chat: openaiPaths.chat, models: openaiPaths.models },
  auth: bearer,
  env: { key: 'GROQ_API_KEY', baseUrl: 'GROQ_BASE_URL' },
  developerRole: true,
  fixRequest: without('top_k', 'logit_bias', 'logprobs', 'top_logprobs', 'store', 'metadata'),
})
