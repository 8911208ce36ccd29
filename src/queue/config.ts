/** The `queue` record that every plugin with a queue has in its config: Kong's fields, defaults and ranges. */

import { z } from 'zod'
import { between, integer, optional } from '../entities/fields.ts'

export const queueConfig = z
  .strictObject({
    max_batch_size: between(integer, 1, 1_000_000)
      .default(1)
      .describe('Entries that are sent together; as soon as there are as many, they are sent.'),
    max_coalescing_delay: between(z.number(), 0, 3600)
      .default(1)
      .describe('Seconds after which entries are sent, even if they are fewer than max_batch_size.'),
    max_entries: between(integer, 1, 1_000_000)
      .default(10_000)
      .describe('Entries that may wait; beyond it the oldest are dropped.'),
    max_bytes: optional(integer.positive()).describe(
      'Bytes that may wait; beyond it the oldest entries are dropped. Unset: entries alone are counted.',
    ),
    max_retry_time: z
      .number()
      .min(0)
      .default(60)
      .describe('Seconds for which a batch that cannot be sent is tried again; then it is dropped.'),
    initial_retry_delay: between(z.number(), 0.001, 1_000_000)
      .default(0.01)
      .describe('Seconds before the first new try; doubled for each further one.'),
    max_retry_delay: between(z.number(), 0.001, 1_000_000).default(60).describe('Most seconds between two tries.'),
    concurrency_limit: z
      .union([z.literal(-1), z.literal(1)])
      .default(1)
      .describe('Batches that are sent at a time: 1, or -1 for as many as there are.'),
  })
  .prefault({})
  .describe('How entries are gathered, sent and tried again.')

export type QueueConfig = z.infer<typeof queueConfig>
