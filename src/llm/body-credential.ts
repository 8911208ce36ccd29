/** Puts a credential that belongs into the body there. */

import type { Json } from '../../providers/canonical/json.ts'
import type { Target } from './target.ts'

/** The same object, with the field in it where the configuration asks for one. */
export function withBodyCredential<Body extends Record<string, Json | undefined>>(body: Body, { auth }: Target): Body {
  if (auth.param_location !== 'body' || auth.param_name === undefined) return body
  return Object.assign(body, { [auth.param_name]: auth.param_value })
}
