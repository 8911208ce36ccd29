/** What is asked of a provider: a chat in some format, or embeddings. */

import type { ChatFormat } from '../../providers/canonical/format.ts'
import { format } from '../../providers/formats/index.ts'

export type Operation =
  | { readonly kind: 'chat'; readonly format: ChatFormat; readonly path: 'chat' | 'completions' }
  | { readonly kind: 'embeddings' }
  /** Nothing is read or changed but the credential. */
  | { readonly kind: 'preserve' }

/** Kong's route types and formats of clients, as far as they are served. */
export function operationOf(routeType: string, llmFormat: string): Operation | null {
  if (routeType === 'preserve') return { kind: 'preserve' }
  if (routeType === 'llm/v1/chat') {
    if (llmFormat === 'openai') return { kind: 'chat', format: format('openai-chat'), path: 'chat' }
    if (llmFormat === 'anthropic') return { kind: 'chat', format: format('anthropic-messages'), path: 'chat' }
    return null
  }
  if (llmFormat !== 'openai') return null
  if (routeType === 'llm/v1/completions') {
    return { kind: 'chat', format: format('openai-completions'), path: 'completions' }
  }
  return routeType === 'llm/v1/embeddings' ? { kind: 'embeddings' } : null
}
