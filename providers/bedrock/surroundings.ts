/** What AWS's own tools look up in the environment: region and credentials. */

import type { ProviderOptions, SigningKeys } from '../provider.ts'
import type { AwsCredentials } from './sigv4.ts'

/** One label of a DNS name: a region becomes part of the host, and must not lead to another one. */
export const regionPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** The region that is configured, else the environment's. Throws an Error where there is none, or it is not one. */
export function regionOf({ bedrock }: ProviderOptions, env: NodeJS.ProcessEnv = process.env): string {
  const region = bedrock?.aws_region || env.AWS_REGION || env.AWS_DEFAULT_REGION
  if (!region) throw new Error('the region is missing: set bedrock.aws_region, AWS_REGION or AWS_DEFAULT_REGION')
  if (!regionPattern.test(region)) throw new Error(`"${region}" is not the name of an AWS region`)
  return region
}

/** The credentials that are configured, else the environment's; `null`: there are none. */
export function credentialsOf(
  { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token }: SigningKeys,
  env: NodeJS.ProcessEnv = process.env,
): AwsCredentials | null {
  if (id && secret) return { accessKeyId: id, secretAccessKey: secret, sessionToken: token }
  const { AWS_ACCESS_KEY_ID: envId, AWS_SECRET_ACCESS_KEY: envSecret, AWS_SESSION_TOKEN: envToken } = env
  if (!envId || !envSecret) return null
  return { accessKeyId: envId, secretAccessKey: envSecret, sessionToken: envToken || undefined }
}

/** The options that the environment gives; a text says why it does not suffice. Throws as `regionOf` does. */
export function optionsFrom(env: NodeJS.ProcessEnv): ProviderOptions | string {
  if (!env.AWS_REGION && !env.AWS_DEFAULT_REGION) return 'AWS_REGION is not set'
  return { bedrock: { aws_region: regionOf({}, env) } }
}
