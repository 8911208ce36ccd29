/** Ollama, which speaks OpenAI's format. */

import { oldMaxTokens } from '../fixes.ts'
import { defineProvider, openaiPaths } from '../provider.ts'

export const ollama = defineProvider({
  name: 'ollama',
  title: 'Ollama',
  baseUrl: 'http://localhost:11434',
  formats: ['openai-chat'],
  paths: openaiPaths,
  env: { baseUrl: 'OLLAMA_HOST' },
  auth: null,
  reasoningField: 'reasoning',
  fixRequest: oldMaxTokens,
})
