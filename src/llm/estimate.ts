/** Tokens that nobody counted, guessed and marked as such. */

import type { Completion } from '../../providers/canonical/events.ts'
import { promptTokens, type Usage } from '../../providers/canonical/usage.ts'

const charactersPerToken = 4

/** From the bytes of the request and the tokens of the answer that were seen. */
export function estimateUsage(requestBytes: number, answerTokens: number): Usage {
  return { input: Math.ceil(requestBytes / charactersPerToken), output: answerTokens, estimated: true }
}

/** The same for an answer that ended early: what the provider has counted by then of the prompt is kept. */
export function estimateRest(known: Usage, requestBytes: number, answerTokens: number): Usage {
  if (promptTokens(known) === 0) return estimateUsage(requestBytes, answerTokens)
  const seen = answerTokens - (known.reasoning ?? 0)
  return { ...known, output: Math.max(known.output ?? 0, seen), estimated: true }
}

/** Tokens of a text. */
export function countText(characters: number): number {
  return Math.ceil(characters / charactersPerToken)
}

const dataField = Buffer.from('data:')

/** Events of a stream, each of which carries about one token. */
export function countEvents(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(dataField); at !== -1; at = chunk.indexOf(dataField, at + dataField.length)) count += 1
  return count
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
  return countText(characters)
}
