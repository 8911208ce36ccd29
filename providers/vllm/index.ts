/** vLLM, which speaks OpenAI's format. */

import { oldMaxTokens } from '../fixes.ts'
import { bearer, defineProvider, openaiPaths } from '../provider.ts'

export const vllm = defineProvider({
  name: 'vllm',
  title: 'vLLM',
  formats: ['openai-chat'],
  paths: openaiPaths,
  auth: bearer,
  env: { key: 'VLLM_API_KEY', baseUrl: 'VLLM_BASE_URL' },
  reasoningField: 'reasoning',
  fixRequest: oldMaxTokens,
})
