/** Configuration of key-auth. */

import { z } from 'zod'
import { anonymous, hideCredentials, runOnPreflight } from '../../auth/index.ts'
import { checked } from '../../entities/fields.ts'
import { checkHeaderName } from '../../entities/text-checks.ts'

export const keyAuthConfig = z.strictObject({
  key_names: z
    .array(checked(checkHeaderName))
    .default(['apikey'])
    .describe(
      'Names under which a key is looked for, in this order, as header, query argument or body field. In `authorization` a key may follow `Bearer`.',
    ),
  hide_credentials: hideCredentials,
  anonymous,
  key_in_header: z.boolean().default(true).describe('Whether keys are taken from headers.'),
  key_in_query: z.boolean().default(true).describe('Whether keys are taken from the query string.'),
  key_in_body: z
    .boolean()
    .default(false)
    .describe('Whether keys are taken from the body: JSON, URL-encoded or multipart.'),
  run_on_preflight: runOnPreflight,
  identity_realms: z
    .array(z.looseObject({ scope: z.literal('cp', 'only `cp`, the credentials of this configuration, is available') }))
    .optional()
    .describe('Accepted as Konnect writes it, with scope `cp` alone: the keys are those of this configuration.'),
  realm: z.string().min(1).optional().describe('Realm named in the `WWW-Authenticate` header of a refusal.'),
})

export type KeyAuthConfig = z.infer<typeof keyAuthConfig>
