/** vLLM, which speaks OpenAI's format. */

import { oldMaxTokens } from '../fixes.ts'
import { bearer, defineProvider, openaiPaths } from '../provider.ts'

export const vllm = defineProvider({
  name: 'vllm',
  title: 'vLLM',
  formats: ['openai-chat'],
  paths: openaiPaths,
  auth: bearer,
  reasoningField: 'reasoning',
  fixRequest: oldMaxTokens,
})
