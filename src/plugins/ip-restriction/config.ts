/** Configuration of ip-restriction. */

import { z } from 'zod'
import { atLeastOneOf } from '../../entities/checks.ts'
import { checked } from '../../entities/fields.ts'
import { checkIpOrCidr } from '../../entities/text-checks.ts'

const addresses = z.array(checked(checkIpOrCidr))

export const ipRestrictionConfig = z
  .strictObject({
    allow: addresses.optional().describe('Addresses and CIDR ranges that may pass; all others may not.'),
    deny: addresses.optional().describe('Addresses and CIDR ranges that may not pass; looked at before `allow`.'),
    status: z.int().min(400).max(599).optional().describe('Status of a refusal; absent: 403.'),
    message: z.string().min(1).optional().describe('Text of a refusal; absent: one that names the address.'),
  })
  .superRefine((config, context) => {
    atLeastOneOf(config, ['allow', 'deny'], (path, message) =>
      context.addIssue({ code: 'custom', path: [...path], message }),
    )
  })

export type IpRestrictionConfig = z.infer<typeof ipRestrictionConfig>
