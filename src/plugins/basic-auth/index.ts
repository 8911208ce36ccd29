/** basic-auth: a name and a password, sent as HTTP Basic authentication, tell which consumer calls. */

import { authenticate, consumerOf, findCredential, quoted, type Verdict } from '../../auth/index.ts'
import { type AccessPdk, definePlugin } from '../../pdk/index.ts'
import { type BasicAuthConfig, basicAuthConfig } from './config.ts'
import { basicauthCredentials } from './entity.ts'
import { isPassword } from './password.ts'
import { parseBasic } from './read-credentials.ts'

export default definePlugin({
  name: 'basic-auth',
  priority: 1100,
  config: basicAuthConfig,
  noScopes: ['consumer'],
  entities: [basicauthCredentials],

  access(kong, config) {
    return authenticate(kong, config, check)
  },
})

function check(kong: AccessPdk, config: BasicAuthConfig): Verdict {
  for (const header of ['Proxy-Authorization', 'Authorization']) {
    const given = parseBasic(kong.request.getHeader(header))
    if (given === null) continue
    if (config.hide_credentials) kong.service.request.clearHeader(header)
    const credential = findCredential(kong, 'basicauth_credentials', 'username', given.username)
    const consumer = credential && consumerOf(kong, credential)
    const stored = credential?.fields.password
    if (credential === null || consumer === null || typeof stored !== 'string') return refuse(config)
    if (!isPassword(given.password, consumer.id, stored)) return refuse(config)
    return { consumer, credential, identifier: given.username }
  }
  return refuse(config)
}

function refuse({ realm }: BasicAuthConfig): Verdict {
  return { status: 401, message: 'Unauthorized', headers: { 'WWW-Authenticate': `Basic realm=${quoted(realm)}` } }
}
