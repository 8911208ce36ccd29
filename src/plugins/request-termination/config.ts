/** The config of request-termination: Kong's fields and checks. */

import { z } from 'zod'
import { between, checked, integer, optional, text } from '../../entities/fields.ts'
import { checkHeaderName } from '../../entities/text-checks.ts'

export const config = z
  .strictObject({
    status_code: between(integer, 100, 599).default(503).describe('Status of the answer.'),
    message: optional(text).describe('Text of the answer, in a JSON object; excludes body and content_type.'),
    content_type: optional(text).describe('Content type of body; JSON where it is unset.'),
    body: optional(text).describe('Whole body of the answer.'),
    echo: z.boolean().default(false).describe('Answers with what the gateway has understood of the request.'),
    trigger: optional(checked(checkHeaderName)).describe(
      'Name of a header or query argument; only requests that have it are answered.',
    ),
  })
  .superRefine(({ message, content_type, body, echo }, context) => {
    const refuse = (text: string) => context.addIssue({ code: 'custom', message: text })
    const custom = content_type !== null || body !== null
    if (message !== null && custom) refuse('message cannot be used with content_type or body')
    if (content_type !== null && body === null) refuse('content_type requires a body')
    if (echo && custom) refuse('echo cannot be used with content_type and body')
  })

export type Config = z.infer<typeof config>
