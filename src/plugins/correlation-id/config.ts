/** Configuration of correlation-id. */

import { z } from 'zod'
import { checked } from '../../entities/fields.ts'
import { checkHeaderName } from '../../entities/text-checks.ts'

export const correlationIdConfig = z.strictObject({
  header_name: checked(checkHeaderName).default('Kong-Request-ID').describe('Header that carries the id.'),
  generator: z
    .enum(['uuid', 'uuid#counter', 'tracker'])
    .default('uuid#counter')
    .describe(
      'How ids are made: a UUID for each request, a UUID of the process and a number, or address, port, process, connection, request and time.',
    ),
  echo_downstream: z.boolean().default(false).describe('Whether the answer carries the id too.'),
})

export type CorrelationIdConfig = z.infer<typeof correlationIdConfig>
