/** A transform that knows how far the answer has come, so that usage can be settled where the provider does not tell it. */

import type { BodyTransform } from '../../upstream/call.ts'

export interface AnswerTransform extends BodyTransform {
  /** The answer came whole. */
  readonly over: boolean
  /** Tokens of the answer that were seen, counted by the gateway; 0: nothing of use. */
  readonly seen: number
}
