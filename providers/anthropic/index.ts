/** Anthropic. */

import { claudeTraits } from '../formats/anthropic-messages/models.ts'
import { defineProvider } from '../provider.ts'
import { fixRequest } from './fix-request.ts'

export const anthropic = defineProvider({
  name: 'anthropic',
  title: 'Anthropic',
  baseUrl: 'https://api.anthropic.com',
  formats: ['anthropic-messages'],
  paths: { chat: '/v1/messages', models: '/v1/models?limit=1000' },
  auth: { header: 'x-api-key', prefix: '' },
  env: { key: 'ANTHROPIC_API_KEY', baseUrl: 'ANTHROPIC_BASE_URL' },
  models: /^claude-/,
  headers: (options) => ({ 'anthropic-version': options.anthropic_version ?? '2023-06-01' }),
  maxTokens: (model) => claudeTraits(model).maxTokens,
  fixRequest,
})
