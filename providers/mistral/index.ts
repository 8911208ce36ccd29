/** Mistral, which speaks OpenAI's format. */

import { bearer, defineProvider, openaiPaths } from '../provider.ts'
import { fixRequest } from './fix-request.ts'

export const mistral = defineProvider({
  name: 'mistral',
  title: 'Mistral',
  baseUrl: 'https://api.mistral.ai',
  formats: ['openai-chat'],
  paths: { chat: openaiPaths.chat, embeddings: openaiPaths.embeddings, models: openaiPaths.models },
  auth: bearer,
  env: { key: 'MISTRAL_API_KEY', baseUrl: 'MISTRAL_BASE_URL' },
  models: /^(?:open-)?(?:mistral|mixtral|ministral|magistral|codestral|devstral|pixtral|voxtral)-/,
  fixRequest,
})
