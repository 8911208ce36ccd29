/** Configuration of basic-auth. */

import { z } from 'zod'
import { anonymous, hideCredentials } from '../../auth/index.ts'

export const basicAuthConfig = z.strictObject({
  anonymous,
  hide_credentials: hideCredentials,
  brute_force_protection: z
    .looseObject({
      strategy: z.literal(
        'off',
        'only `off` is available; rate-limiting by ip, ordered before basic-auth, slows guessing',
      ),
    })
    .optional()
    .describe('Accepted with strategy `off` alone: `rate-limiting` by ip, ordered before basic-auth, slows guessing.'),
  realm: z.string().min(1).default('service').describe('Realm named in the `WWW-Authenticate` header of a refusal.'),
})

export type BasicAuthConfig = z.infer<typeof basicAuthConfig>
