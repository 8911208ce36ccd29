/** Configuration of basic-auth. */

import { z } from 'zod'
import { anonymous, hideCredentials } from '../../auth/index.ts'

export const basicAuthConfig = z.strictObject({
  anonymous,
  hide_credentials: hideCredentials,
  realm: z.string().min(1).default('service').describe('Realm named in the `WWW-Authenticate` header of a refusal.'),
})

export type BasicAuthConfig = z.infer<typeof basicAuthConfig>
