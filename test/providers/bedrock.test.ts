import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { bedrock } from '../../providers/bedrock/index.ts'
import { signatureHeaders } from '../../providers/bedrock/sigv4.ts'
import { optionsFrom, regionOf } from '../../providers/bedrock/surroundings.ts'
import { baseUrlOf } from '../../providers/provider.ts'

const vector = z.object({
  name: z.string().default('OpenAI’s own vector'),
  signingDate: z.string(),
  region: z.string(),
  service: z.string(),
  credentials: z.object({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string().optional(),
  }),
  request: z.object({ method: z.string(), url: z.string(), body: z.string(), contentType: z.string().optional() }),
  expected: z.object({ date: z.string(), payloadHash: z.string(), authorization: z.string() }),
})

function read(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
}

function check({ signingDate, region, service, credentials, request, expected }: z.infer<typeof vector>) {
  const { host, pathname, search } = new URL(request.url)
  const headers = signatureHeaders(
    {
      method: request.method,
      host,
      path: pathname + search,
      contentType: request.contentType,
      body: Buffer.from(request.body),
    },
    credentials,
    { region, service, date: new Date(signingDate) },
  )
  expect(headers).toEqual([
    'Authorization',
    expected.authorization,
    'X-Amz-Content-Sha256',
    expected.payloadHash,
    'X-Amz-Date',
    expected.date,
    ...(credentials.sessionToken === undefined ? [] : ['X-Amz-Security-Token', credentials.sessionToken]),
  ])
}

const golden = '../../../shared/data/provider-fixtures/openai-node/sigv4.json'
const hasGolden = existsSync(new URL(golden, import.meta.url))
if (!hasGolden) console.log(`the golden vector of a signature is skipped: ${golden} is not there`)

describe('a signature for AWS', () => {
  it.skipIf(!hasGolden)('is that of the golden vector', () => {
    check(vector.parse(read(golden)))
  })

  it.each(vector.array().parse(read('../../fixtures/bedrock/sigv4.json')))('is that of AWS’s tools: $name', check)

  it('is another one for another key of the same name and day, and the same again for the first', () => {
    const sign = (secretAccessKey: string) =>
      signatureHeaders(
        { method: 'GET', host: 'h', path: '/', contentType: undefined, body: Buffer.alloc(0) },
        { accessKeyId: 'AKID', secretAccessKey },
        { region: 'eu-west-1', service: 'bedrock-mantle', date: new Date(0) },
      )[1]
    const first = sign('one')
    expect(sign('two')).not.toBe(first)
    for (let other = 0; other < 200; other++) sign(`other-${other}`)
    expect(sign('one')).toBe(first)
  })
})

describe('Bedrock', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })
  const request = { method: 'POST', host: 'h', path: '/', contentType: undefined, body: Buffer.from('{}') }
  const quiet = () => {
    for (const name of ['REGION', 'DEFAULT_REGION', 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN']) {
      vi.stubEnv(`AWS_${name}`, undefined)
    }
  }

  it('is found in the region that is configured, else in that of the environment', () => {
    quiet()
    expect(() => baseUrlOf(bedrock, {})).toThrow('set bedrock.aws_region, AWS_REGION or AWS_DEFAULT_REGION')
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-west-1')
    expect(baseUrlOf(bedrock, {})).toBe('https://bedrock-mantle.eu-west-1.api.aws')
    vi.stubEnv('AWS_REGION', 'eu-west-2')
    expect(baseUrlOf(bedrock, {})).toBe('https://bedrock-mantle.eu-west-2.api.aws')
    expect(baseUrlOf(bedrock, { bedrock: { aws_region: 'us-gov-west-1' } })).toContain('.us-gov-west-1.')
  })

  it.each(['evil.example/', 'a.b', '-a', 'a-', 'a b', 'x'.repeat(64), 'a@b', 'a#', 'a\n'])(
    'is led to no other host by a region like %j',
    (region) => {
      expect(() => regionOf({ bedrock: { aws_region: region } })).toThrow('is not the name of an AWS region')
      expect(() => optionsFrom({ AWS_REGION: region })).toThrow('is not the name of an AWS region')
    },
  )

  it('signs with what is configured, else with the environment’s credentials, else not at all', () => {
    quiet()
    const options = { bedrock: { aws_region: 'eu-west-1' } }
    expect(bedrock.sign?.(request, {}, {})).toEqual([])
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDENV')
    expect(bedrock.sign?.(request, {}, options)).toEqual([])
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
    vi.stubEnv('AWS_SESSION_TOKEN', 'session')
    const byEnv = bedrock.sign?.(request, {}, options)
    expect(byEnv?.[1]).toContain('Credential=AKIDENV/')
    expect(byEnv?.[1]).toContain('/eu-west-1/bedrock-mantle/aws4_request')
    expect(byEnv?.slice(-2)).toEqual(['X-Amz-Security-Token', 'session'])
    const own = bedrock.sign?.(request, { aws_access_key_id: 'AKIDOWN', aws_secret_access_key: 's' }, options)
    expect(own?.[1]).toContain('Credential=AKIDOWN/')
    expect(own).not.toContain('session')
    expect(own?.[3]).toBe(createHash('sha256').update('{}').digest('hex'))
  })
})
