/** Google Gemini, which speaks OpenAI's format. */

import { inTurn, oldMaxTokens, without } from '../fixes.ts'
import { bearer, defineProvider } from '../provider.ts'

export const gemini = defineProvider({
  name: 'gemini',
  title: 'Google Gemini',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
  formats: ['openai-chat'],
  paths: { chat: '/chat/completions', embeddings: '/embeddings', models: '/models' },
  auth: bearer,
  env: { key: 'GEMINI_API_KEY', baseUrl: 'GOOGLE_GEMINI_BASE_URL' },
  models: /^gemini-/,
  fixRequest: inTurn(oldMaxTokens, without('top_k', 'seed', 'logit_bias', 'user')),
})
