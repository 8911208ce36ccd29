/** key-auth: a key, sent as a header, a query argument or a body field, tells which consumer calls. */

import {
  authenticate,
  consumerOf,
  type FoundCredential,
  findCredential,
  quoted,
  type Verdict,
} from '../../auth/index.ts'
import { type AccessPdk, definePlugin } from '../../pdk/index.ts'
import { type KeyAuthConfig, keyAuthConfig } from './config.ts'
import { keyauthCredentials } from './entity.ts'
import { type FoundKey, findKey, isFound } from './find-key.ts'
import { hideKey } from './hide-key.ts'

export default definePlugin({
  name: 'key-auth',
  priority: 1250,
  config: keyAuthConfig,
  noScopes: ['consumer'],
  entities: [keyauthCredentials],

  access(kong, config) {
    if (!config.run_on_preflight && kong.request.getMethod() === 'OPTIONS') return
    return authenticate(kong, config, check)
  },
})

function check(kong: AccessPdk, config: KeyAuthConfig): Verdict | Promise<Verdict> {
  const found = findKey(kong, config)
  return found instanceof Promise ? found.then((later) => judge(kong, config, later)) : judge(kong, config, found)
}

type Found = Awaited<ReturnType<typeof findKey>>

function judge(kong: AccessPdk, config: KeyAuthConfig, found: Found): Verdict {
  if (!isFound(found)) {
    if (found === 'unreadable body') return { status: 400, message: 'Cannot process request body' }
    return refuse(config, found === 'duplicate' ? 'Duplicate API key found' : 'No API key found in request')
  }
  if (config.hide_credentials) hideKey(kong, found)
  const credential = lookUp(kong, found)
  const consumer = credential && consumerOf(kong, credential)
  if (credential === null || consumer === null) return refuse(config, 'Unauthorized')
  return { consumer, credential, identifier: credential.id }
}

/** The key as it was sent, then, in an Authorization header, what follows `Bearer`: that is how LLM clients send theirs. */
function lookUp(kong: AccessPdk, { key, name, place }: FoundKey): FoundCredential | null {
  const credential = findCredential(kong, 'keyauth_credentials', 'key', key)
  if (credential !== null || place !== 'header' || !/^(proxy-)?authorization$/i.test(name)) return credential
  const bare = /^bearer +(\S.*)$/i.exec(key)?.[1]
  return bare === undefined ? null : findCredential(kong, 'keyauth_credentials', 'key', bare)
}

function refuse({ realm }: KeyAuthConfig, message: string): Verdict {
  const challenge = realm === undefined ? 'Key' : `Key realm=${quoted(realm)}`
  return { status: 401, message, headers: { 'WWW-Authenticate': challenge } }
}
