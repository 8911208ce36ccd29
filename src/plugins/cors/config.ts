/** Configuration of cors. */

import { z } from 'zod'
import { parseEntry } from './origins.ts'

const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'] as const

const origin = z
  .string()
  .min(1)
  .superRefine((entry, context) => {
    if (parseEntry(entry) === null) context.addIssue({ code: 'custom', message: `'${entry}' is not a valid regex` })
  })

export const corsConfig = z.strictObject({
  origins: z
    .array(origin)
    .optional()
    .describe(
      'Origins whose pages may read answers: `*`, origins, or regular expressions over the whole origin (over the host alone where they hold no colon). Absent: all.',
    ),
  headers: z
    .array(z.string().min(1))
    .optional()
    .describe('Request headers that pages may send; absent: whatever a preflight asks for.'),
  exposed_headers: z.array(z.string().min(1)).optional().describe('Response headers that pages may read.'),
  methods: z
    .array(z.enum(methods))
    .default([...methods])
    .describe('Methods that pages may use.'),
  max_age: z.number().optional().describe('Seconds for which a browser may keep the answer to a preflight.'),
  credentials: z.boolean().default(false).describe('Whether pages may send cookies and credentials.'),
  private_network: z
    .boolean()
    .default(false)
    .describe('Whether public pages may reach this gateway in a private network.'),
  preflight_continue: z
    .boolean()
    .default(false)
    .describe('Whether preflights go on to the upstream, which then answers them alone.'),
  allow_origin_absent: z
    .boolean()
    .default(true)
    .describe('Whether answers to requests without an Origin carry the headers too.'),
})

export type CorsConfig = z.infer<typeof corsConfig>
