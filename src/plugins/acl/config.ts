/** Configuration of acl. */

import { z } from 'zod'
import { exactlyOneOf } from '../../entities/checks.ts'

const groups = z.array(z.string().min(1))

export const aclConfig = z
  .strictObject({
    allow: groups.optional().describe('Groups that may pass; all others may not.'),
    deny: groups.optional().describe('Groups that may not pass; all others may.'),
    hide_groups_header: z
      .boolean()
      .default(false)
      .describe('Whether the upstream is not told the groups in `X-Consumer-Groups` or `X-Authenticated-Groups`.'),
    always_use_authenticated_groups: z
      .boolean()
      .default(false)
      .describe('Whether groups that authentication found come before the groups of the consumer.'),
    include_consumer_groups: z
      .boolean()
      .default(false)
      .describe('Whether the names of the consumer groups of the consumer count as groups too.'),
  })
  .superRefine((config, context) => {
    exactlyOneOf(config, ['allow', 'deny'], (path, message) =>
      context.addIssue({ code: 'custom', path: [...path], message }),
    )
  })

export type AclConfig = z.infer<typeof aclConfig>
