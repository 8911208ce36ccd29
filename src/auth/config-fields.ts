/** The config fields that authentication plugins share. */

import { z } from 'zod'

const text = z.string().min(1)

export const anonymous = text
  .optional()
  .describe(
    'Id or username of the consumer to use where authentication fails; with it, the authentication plugins of a route are alternatives.',
  )

export const hideCredentials = z
  .boolean()
  .default(false)
  .describe('Whether the credential is removed from the request before it goes upstream.')

export const runOnPreflight = z.boolean().default(true).describe('Whether OPTIONS requests are authenticated too.')
