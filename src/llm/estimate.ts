/** Tokens that nobody counted, guessed and marked as such. */

import type { Completion } from '../../providers/canonical/events.ts'
import type { Usage } from '../../providers/canonical/usage.ts'

const charactersPerToken = 4

/** From the bytes of the request and the tokens of the answer that were seen. */
export function estimateUsage(requestBytes: number, answerTokens: number): Usage {
  return { input: Math.ceil(requestBytes / charactersPerToken), output: answerTokens, estimated: true }
}

/** Tokens of what an answer holds so far. */
export function countParts(completion: Completion): number {
  let characters = 0
  for (const { parts } of completion.answers) {
    for (const part of parts) {
      if (part.type === 'toolCall') characters += part.name.length + part.arguments.length
      else if (part.type === 'text' || part.type === 'refusal') characters += part.text.length
      else if (part.type === 'reasoning') characters += part.text?.length ?? 0
    }
  }
  return Math.ceil(characters / charactersPerToken)
}
