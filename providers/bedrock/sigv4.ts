/**
 * AWS Signature Version 4, for services that want the encoded path encoded once more, as all but S3 do.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

import { createHash, createHmac } from 'node:crypto'
import type { RequestToSign } from '../provider.ts'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export interface SigningScope {
  readonly region: string
  readonly service: string
  readonly date: Date
}

const algorithm = 'AWS4-HMAC-SHA256'

/**
 * The headers that carry the signature, names and values in turn. It covers the content type and the host besides
 * these, so both must be sent as they were signed.
 */
export function signatureHeaders(
  request: RequestToSign,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  { region, service, date }: SigningScope,
): string[] {
  const time = date.toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/${region}/${service}`
  const bodyHash = sha256(request.body)
  // In the order of their names, as the signature wants them.
  const signed = [
    ['content-type', request.contentType],
    ['host', request.host],
    ['x-amz-content-sha256', bodyHash],
    ['x-amz-date', time],
    ['x-amz-security-token', sessionToken],
  ].filter(([, value]) => value !== undefined)
  const names = signed.map(([name]) => name).join(';')
  const [path = '', query = ''] = request.path.split('?', 2)
  const canonical = [
    request.method,
    path.split('/').map(encoded).join('/'),
    sortedQuery(query),
    ...signed.map(([name, value]) => `${name}:${value?.trim().replace(/\s+/g, ' ')}`),
    '',
    names,
    bodyHash,
  ].join('\n')
  const text = [algorithm, time, `${scope}/aws4_request`, sha256(canonical)].join('\n')
  const signature = hmac(signingKey(secretAccessKey, scope), text).toString('hex')
  const credential = `${accessKeyId}/${scope}/aws4_request`
  return [
    'Authorization',
    `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
    'X-Amz-Content-Sha256',
    bodyHash,
    'X-Amz-Date',
    time,
    ...(sessionToken === undefined ? [] : ['X-Amz-Security-Token', sessionToken]),
  ]
}

/** A key holds for a day, and takes four hashes to make. */
const keys = new Map<string, Buffer>()
const mostKeys = 100

function signingKey(secret: string, scope: string): Buffer {
  const id = `${scope} ${secret}`
  let key = keys.get(id)
  if (key === undefined) {
    key = Buffer.from(`AWS4${secret}`)
    for (const part of [...scope.split('/'), 'aws4_request']) key = hmac(key, part)
    // Those of yesterday go with it.
    if (keys.size >= mostKeys) keys.clear()
    keys.set(id, key)
  }
  return key
}

/** Sorted by name, then by value; the pairs themselves are encoded already. */
function sortedQuery(query: string): string {
  if (query === '') return ''
  const pairs = query.split('&').map((pair) => pair.split('=', 2))
  const order = (a: string, b: string) => (a < b ? -1 : Number(a > b))
  pairs.sort(([a = '', x = ''], [b = '', y = '']) => order(a, b) || order(x, y))
  return pairs.map(([name, value = '']) => `${name}=${value}`).join('&')
}

/** RFC 3986 leaves fewer characters unencoded than `encodeURIComponent`. */
function encoded(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}
