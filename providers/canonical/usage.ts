/** Token counts in classes that never overlap, so that money is the sum of class times price. */

export const usageClasses = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'output',
  'reasoning',
  'audioIn',
  'audioOut',
  'imageIn',
  'imageOut',
] as const
export type UsageClass = (typeof usageClasses)[number]

/**
 * Tokens of one call. A class that the provider did not report is absent, which is not the same as 0.
 * `input` leaves out what was read from or written to a cache; `output` leaves out reasoning and audio.
 */
export type Usage = { [Class in UsageClass]?: number } & {
  /** True where the gateway counted because the provider did not say. */
  estimated?: boolean
}

/** All tokens of the prompt, cached ones included. */
export function promptTokens(usage: Usage): number {
  return (
    (usage.input ?? 0) +
    (usage.cacheRead ?? 0) +
    (usage.cacheWrite5m ?? 0) +
    (usage.cacheWrite1h ?? 0) +
    (usage.audioIn ?? 0) +
    (usage.imageIn ?? 0)
  )
}

/** All tokens of the answer, reasoning included. */
export function completionTokens(usage: Usage): number {
  return (usage.output ?? 0) + (usage.reasoning ?? 0) + (usage.audioOut ?? 0) + (usage.imageOut ?? 0)
}

/** Later numbers win, class by class: providers repeat and correct them within a stream. */
export function mergeUsage(earlier: Usage, later: Usage): Usage {
  return { ...earlier, ...later }
}
