/** OpenAI. */

import { bearer, defineProvider, openaiPaths } from '../provider.ts'
import { fixRequest } from './fix-request.ts'

export const openai = defineProvider({
  name: 'openai',
  title: 'OpenAI',
  baseUrl: 'https://api.openai.com',
  formats: ['openai-chat', 'openai-completions'],
  paths: openaiPaths,
  auth: bearer,
  env: { key: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' },
  models: /^(?:gpt-|chatgpt-|o\d(?:-|$)|text-embedding-|codex-|davinci-|babbage-)/,
  developerRole: true,
  fixRequest,
})
