/** NVIDIA, which speaks OpenAI's format. */

import { oldMaxTokens } from '../fixes.ts'
import { bearer, defineProvider, openaiPaths } from '../provider.ts'

export const nvidia = defineProvider({
  name: 'nvidia',
  title: 'NVIDIA',
  baseUrl: 'https://integrate.api.nvidia.com',
  formats: ['openai-chat'],
  paths: openaiPaths,
  auth: bearer,
  env: { key: 'NVIDIA_API_KEY', baseUrl: 'NVIDIA_BASE_URL' },
  fixRequest: oldMaxTokens,
})
