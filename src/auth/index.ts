/** Authentication, as far as it is the same for every plugin that does it. */

export { type AuthConfig, type Authenticated, authenticate, type Refused, type Verdict } from './authenticate.ts'
export { quoted } from './challenge.ts'
export { anonymous, hideCredentials, runOnPreflight } from './config-fields.ts'
export { consumerOf, type FoundCredential, findCredential, isExpired, longestTtl } from './credential.ts'
export { tellUpstream } from './identity-headers.ts'
