/** The AI plugins that ship with the gateway. */

import type { AnyPlugin } from '../src/pdk/define-plugin.ts'
import aiModelRouter from './ai-model-router/index.ts'
import aiProxy from './ai-proxy/index.ts'

export const bundledAiPlugins: readonly AnyPlugin[] = [aiProxy, aiModelRouter]
