/** Together, which speaks OpenAI's format. */

import { oldMaxTokens } from '../fixes.ts'
import { bearer, defineProvider, openaiPaths } from '../provider.ts'

export const together = defineProvider({
  name: 'together',
  title: 'Together',
  baseUrl: 'https://api.together.xyz',
  formats: ['openai-chat'],
  paths: openaiPaths,
  auth: bearer,
  env: { key: 'TOGETHER_API_KEY', baseUrl: 'TOGETHER_BASE_URL' },
  fixRequest: oldMaxTokens,
})
