/** The blocks of configuration that every LLM plugin shares: credentials, model, logging. Names, defaults and ranges are Kong's. */

import { z } from 'zod'
import { regionPattern } from '../../providers/bedrock/surroundings.ts'
import { providers } from '../../providers/index.ts'
import { baseUrlOf, type ProviderOptions } from '../../providers/provider.ts'

const text = z.string().min(1)

export const authConfig = z
  .strictObject({
    allow_override: z
      .boolean()
      .default(false)
      .describe('Whether a credential that the client sends under the same name is used instead of this one.'),
    header_name: text.optional().describe('Header that carries the credential.'),
    header_value: text.optional().describe('The whole value of that header, as in `Bearer sk-...`.'),
    param_name: text.optional().describe('Query argument or body field that carries the credential.'),
    param_value: text.optional().describe('The value of that argument or field.'),
    param_location: z.enum(['query', 'body']).optional().describe('Where the argument goes.'),
    aws_access_key_id: text
      .optional()
      .describe('Access key that requests to Bedrock are signed with; absent: that of the environment.')
      .meta({ secret: true }),
    aws_secret_access_key: text.optional().describe('The secret that belongs to `aws_access_key_id`.'),
    aws_session_token: text.optional().describe('The session token of a temporary access key.'),
  })
  .refine((auth) => (auth.header_name === undefined) === (auth.header_value === undefined), {
    message: "all or none of these fields must be set: 'header_name', 'header_value'",
  })
  .refine(
    (auth) =>
      new Set([auth.param_name, auth.param_value, auth.param_location].map((value) => value === undefined)).size === 1,
    { message: "all or none of these fields must be set: 'param_name', 'param_value', 'param_location'" },
  )
  .refine((auth) => (auth.aws_access_key_id === undefined) === (auth.aws_secret_access_key === undefined), {
    message: "all or none of these fields must be set: 'aws_access_key_id', 'aws_secret_access_key'",
  })

const price = z.number().min(0)

export const modelOptions = z.strictObject({
  max_tokens: z.int().optional().describe('Replaces what the client asks for.'),
  temperature: z.number().min(0).max(5).optional().describe('Replaces what the client asks for.'),
  top_p: z.number().min(0).max(1).optional().describe('Replaces what the client asks for.'),
  top_k: z.int().min(0).max(500).optional().describe('Replaces what the client asks for.'),
  input_cost: price.optional().describe('US dollars for a million tokens of the prompt.'),
  output_cost: price.optional().describe('US dollars for a million tokens of the answer.'),
  cache_read_cost: price.optional().describe('US dollars for a million tokens read from a prompt cache.'),
  cache_write_cost: price.optional().describe('US dollars for a million tokens written to a prompt cache.'),
  embeddings_dimensions: z.int().min(1).optional().describe('Dimensions of the vectors that are asked for.'),
  upstream_url: z
    .url()
    .refine((address) => !/^[a-z]+:\/\/[^/?#]*\$\(/i.test(address), {
      message: 'the host must not hold a template: requests would choose where the credential goes',
    })
    .optional()
    .describe('Full address of the endpoint, in place of the provider’s own.'),
  upstream_path: text.optional().describe('Path of the endpoint; only with route type `preserve`.'),
  anthropic_version: text.optional().describe('Value of the `anthropic-version` header.'),
  bedrock: z
    .strictObject({
      aws_region: z
        .string()
        .regex(regionPattern)
        .optional()
        .describe('Region of AWS; absent: `AWS_REGION` or `AWS_DEFAULT_REGION` of the environment.'),
    })
    .optional()
    .describe('What only Bedrock minds.'),
})

export const modelConfig = z
  .strictObject({
    provider: z.enum([...providers.keys()]).describe('Where the model is served.'),
    name: text.optional().describe('The model’s name at the provider; absent: the client chooses.'),
    model_alias: text.optional().describe('The name under which clients ask for this model.'),
    options: modelOptions.prefault({}).describe('How the model is called.'),
  })
  .superRefine(({ provider, options }, context) => {
    const message = missingAddress(provider, options)
    if (message !== null) context.addIssue({ code: 'custom', path: ['options', 'upstream_url'], message })
  })

/** Why nobody can say where the provider is; `null`: its address is known, or a vault knows it. */
export function missingAddress(name: string, options: ProviderOptions): string | null {
  const provider = providers.get(name)
  if (provider === undefined || provider.local !== undefined || options.upstream_url !== undefined) return null
  if (JSON.stringify(options).includes('"{vault://')) return null
  try {
    return baseUrlOf(provider, options) === undefined ? 'required field missing' : null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export const loggingConfig = z.strictObject({
  log_statistics: z
    .boolean()
    .default(false)
    .describe('Log tokens, cost and latency of each call, and count them in metrics.'),
  log_payloads: z.boolean().default(false).describe('Log what was asked and answered.'),
})

export type AuthConfig = z.infer<typeof authConfig>
export type ModelConfig = z.infer<typeof modelConfig>
export type LoggingConfig = z.infer<typeof loggingConfig>
