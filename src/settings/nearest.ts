/** Finds the name that was probably meant, for hints in error messages. */

/** The known name closest to `name`, or `null` if none is close enough to be a typing error. */
export function nearest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null
  let least = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const steps = distance(name, candidate)
    if (steps < least) {
      least = steps
      best = candidate
    }
  }
  return best
}

/** Hint to append to a message about an unknown name: `; did you mean X?`, or nothing. */
export function didYouMean(name: string, known: Iterable<string>, spell: (name: string) => string): string {
  const match = nearest(name, known)
  return match === null ? '' : `; did you mean ${spell(match)}?`
}

/** Levenshtein distance. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const swap = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
