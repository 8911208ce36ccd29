/** A model that needs no provider: to try the gateway with, and to test what lies around it. */

import { defineProvider, openaiPaths } from '../provider.ts'
import { chat } from './chat.ts'
import { embed } from './embed.ts'

export const demo = defineProvider({
  name: 'demo',
  title: 'Demo',
  formats: ['openai-chat', 'anthropic-messages'],
  paths: openaiPaths,
  auth: null,
  models: /^demo(?:-|$)/,
  developerRole: true,
  local: { models: () => ['demo', 'demo-embedding'], chat, embed },
})
