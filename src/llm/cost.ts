/** What a call cost by the prices of its configuration. */

import type { Usage } from '../../providers/canonical/usage.ts'
import type { ModelConfig } from './config.ts'

/** US dollars; `null` where a price is missing, which is not the same as free. */
export function costOf(usage: Usage, options: ModelConfig['options']): number | null {
  const { input_cost: input, output_cost: output, cache_read_cost: read, cache_write_cost: write } = options
  if (input === undefined || output === undefined) return null
  const prompt = (usage.input ?? 0) + (usage.audioIn ?? 0) + (usage.imageIn ?? 0)
  const answer = (usage.output ?? 0) + (usage.reasoning ?? 0) + (usage.audioOut ?? 0) + (usage.imageOut ?? 0)
  const written = (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0)
  return (
    (prompt * input + answer * output + (usage.cacheRead ?? 0) * (read ?? input) + written * (write ?? input)) /
    1_000_000
  )
}
