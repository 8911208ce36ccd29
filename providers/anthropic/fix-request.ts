/** What newer Claude models refuse. */

import type { JsonObject } from '../canonical/json.ts'
import { type Fix, without } from '../fixes.ts'
import { claudeTraits } from '../formats/anthropic-messages/models.ts'

const noSampling = without('temperature', 'top_p', 'top_k')
const noTopP = without('top_p')

export const fixRequest: Fix = (body: JsonObject, model) => {
  if (claudeTraits(model).noSampling) return noSampling(body, model)
  // From the fourth generation on the two exclude each other.
  return body.temperature !== undefined && !/claude-3/.test(model) ? noTopP(body, model) : body
}
