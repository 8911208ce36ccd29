/** How a stream tells that it will not be completed: the client format's own error event. */

import { chatError } from '../../../providers/canonical/error.ts'
import type { ChatFormat } from '../../../providers/canonical/format.ts'

export function failureText(format: ChatFormat, message: string, id: string): string {
  const encoder = format.encodeEvents({ id, model: '', created: 0, includeUsage: false })
  return encoder.encode([{ type: 'error', error: chatError('upstream', message) }])
}
