/** DeepSeek, which speaks OpenAI's format. */

import { inTurn, oldMaxTokens, without } from '../fixes.ts'
import { bearer, defineProvider } from '../provider.ts'

export const deepseek = defineProvider({
  name: 'deepseek',
  title: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com',
  formats: ['openai-chat'],
  paths: { chat: '/chat/completions', models: '/models' },
  auth: bearer,
  env: { key: 'DEEPSEEK_API_KEY', baseUrl: 'DEEPSEEK_BASE_URL' },
  models: /^deepseek-/,
  reasoningField: 'reasoning_content',
  fixRequest: inTurn(oldMaxTokens, without('top_k', 'seed', 'store', 'metadata', 'user', 'parallel_tool_calls')),
})
