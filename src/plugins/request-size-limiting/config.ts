/** Configuration of request-size-limiting. */

import { z } from 'zod'

const units = { megabytes: 1024 * 1024, kilobytes: 1024, bytes: 1 } as const

export const requestSizeLimitingConfig = z.strictObject({
  allowed_payload_size: z.int().min(0).default(128).describe('Largest body that may pass, in `size_unit`.'),
  size_unit: z.enum(['megabytes', 'kilobytes', 'bytes']).default('megabytes').describe('Unit of the size.'),
  require_content_length: z
    .boolean()
    .default(false)
    .describe('Whether requests must say how long they are, unless their body is chunked.'),
})

export type RequestSizeLimitingConfig = z.infer<typeof requestSizeLimitingConfig>

/** The limit in bytes. */
export function limitOf({ allowed_payload_size: size, size_unit: unit }: RequestSizeLimitingConfig): number {
  return size * units[unit]
}
