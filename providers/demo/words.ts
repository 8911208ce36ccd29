/** What the demo counts as tokens. */

export function wordsIn(text: string): number {
  return text.match(/\S+/g)?.length ?? 0
}
