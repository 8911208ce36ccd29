/** Keeps tool results next to their calls, as every provider wants them. */

import type { Turn } from '../../canonical/conversation.ts'

/** What stands between calls and their results comes behind the results. */
export function resultsAfterCalls(turns: readonly Turn[]): readonly Turn[] {
  const ordered: Turn[] = []
  const waiting: Turn[] = []
  let afterCalls = false
  for (const [index, turn] of turns.entries()) {
    if (afterCalls && !hasResults(turn) && turn.role !== 'assistant' && resultsFollow(turns, index)) {
      waiting.push(turn)
      continue
    }
    ordered.push(turn)
    if (waiting.length > 0) ordered.push(...waiting.splice(0))
    afterCalls = turn.role === 'assistant' && turn.parts.some((part) => part.type === 'toolCall')
  }
  return ordered
}

function resultsFollow(turns: readonly Turn[], index: number): boolean {
  for (let next = index + 1; next < turns.length; next += 1) {
    const turn = turns[next]
    if (turn === undefined || turn.role === 'assistant') return false
    if (hasResults(turn)) return true
  }
  return false
}

function hasResults(turn: Turn): boolean {
  return turn.parts.some((part) => part.type === 'toolResult')
}
