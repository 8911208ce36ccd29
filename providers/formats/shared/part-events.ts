/** The events of a part that is already whole. */

import type { Part } from '../../canonical/conversation.ts'
import type { ChatEvent } from '../../canonical/events.ts'

/** Pushes what a stream would have said of the part. */
export function partEvents(part: Part, slot: number, choiceIndex: number, events: ChatEvent[]): void {
  const choice = choiceIndex === 0 ? {} : { choice: choiceIndex }
  switch (part.type) {
    case 'text':
    case 'refusal':
      events.push({ type: 'open', ...choice, slot, part: part.type })
      if (part.text !== '') events.push({ type: 'delta', ...choice, slot, text: part.text })
      if (part.type === 'text') {
        for (const citation of part.citations ?? []) events.push({ type: 'citation', ...choice, slot, citation })
      }
      break
    case 'toolCall':
      events.push({ type: 'open', ...choice, slot, part: 'toolCall', id: part.id, name: part.name })
      events.push({ type: 'delta', ...choice, slot, text: part.arguments === '' ? '{}' : part.arguments })
      break
    case 'reasoning': {
      const { text, signature, origin } = part
      if (part.data !== undefined || part.id !== undefined) {
        events.push({ type: 'whole', ...choice, slot, value: part })
        return
      }
      events.push({ type: 'open', ...choice, slot, part: 'reasoning' })
      if (text !== undefined && text !== '') events.push({ type: 'delta', ...choice, slot, text })
      if (signature !== undefined) {
        events.push({ type: 'signature', ...choice, slot, signature, ...(origin !== undefined && { origin }) })
      }
      break
    }
    default:
      events.push({ type: 'whole', ...choice, slot, value: part })
      return
  }
  events.push({ type: 'close', ...choice, slot })
}
