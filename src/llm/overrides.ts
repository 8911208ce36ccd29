/** Sampling parameters that the configuration sets replace those that the client sends, as Kong does it. */

import type { Conversation } from '../../providers/canonical/conversation.ts'
import type { Json, JsonObject } from '../../providers/canonical/json.ts'
import type { ModelConfig } from './config.ts'

type Options = ModelConfig['options']

export function overrideConversation(conversation: Conversation, options: Options): void {
  if (options.max_tokens !== undefined) conversation.maxTokens = options.max_tokens
  if (options.temperature !== undefined) conversation.temperature = options.temperature
  if (options.top_p !== undefined) conversation.topP = options.top_p
  if (options.top_k !== undefined) conversation.topK = options.top_k
}

/** The same, as fields of a body that is passed on. */
export function overrideFields(body: JsonObject, format: string, options: Options): Record<string, Json | undefined> {
  const fields: Record<string, Json | undefined> = {}
  if (options.max_tokens !== undefined) {
    fields[body.max_completion_tokens === undefined ? 'max_tokens' : 'max_completion_tokens'] = options.max_tokens
  }
  if (options.temperature !== undefined) fields.temperature = options.temperature
  if (options.top_p !== undefined) fields.top_p = options.top_p
  if (options.top_k !== undefined && format === 'anthropic-messages') fields.top_k = options.top_k
  return fields
}
