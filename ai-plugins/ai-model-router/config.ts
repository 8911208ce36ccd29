/** Configuration of ai-model-router. */

import { z } from 'zod'
import { providers } from '../../providers/index.ts'
import { authConfig, loggingConfig, missingAddress, modelOptions } from '../../src/llm/config.ts'
import { operationOf } from '../../src/llm/operation.ts'

const provider = z
  .strictObject({
    name: z.enum([...providers.keys()]).describe('The provider, as in `model.provider` of ai-proxy.'),
    key: z.string().optional().describe('Its credential, without any scheme; may be a vault reference.'),
    auth: authConfig.optional().describe('A credential that is no bare key, in place of `key`.'),
    upstream_url: z.url().optional().describe('Base address in place of the provider’s own.'),
    options: modelOptions
      .omit({ upstream_url: true, upstream_path: true })
      .optional()
      .describe('How its models are called, as in `model.options` of ai-proxy.'),
    models: z.array(z.string().min(1)).optional().describe('Models that it serves; absent: whatever it lists itself.'),
  })
  .superRefine(({ name, key, auth, upstream_url, options }, context) => {
    const message = missingAddress(name, { ...options, upstream_url })
    if (message !== null) context.addIssue({ code: 'custom', path: ['upstream_url'], message })
    if (key !== undefined && auth !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['auth'],
        message: "only one of these fields may be set: 'key', 'auth'",
      })
    }
  })

export const config = z
  .strictObject({
    route_type: z
      .enum(['llm/v1/chat', 'llm/v1/completions', 'llm/v1/embeddings', 'models'])
      .default('llm/v1/chat')
      .describe('What the route serves; `models` lists the models of all providers.'),
    llm_format: z.enum(['openai', 'anthropic']).default('openai').describe('The format that clients speak.'),
    providers: z
      .array(provider)
      .min(1)
      .refine((entries) => new Set(entries.map(({ name }) => name)).size === entries.length, {
        message: 'a provider may stand here once',
      })
      .describe('The providers among which the model of a request chooses.'),
    logging: loggingConfig.prefault({}).describe('What is logged of each call.'),
    response_streaming: z
      .enum(['allow', 'deny', 'always'])
      .default('allow')
      .describe('Whether answers may be streamed.'),
    max_request_body_size: z
      .int()
      .min(0)
      .default(33_554_432)
      .describe('Bytes of a request body; 0: no limit of its own.'),
  })
  .superRefine(({ route_type: type, llm_format: clients }, context) => {
    if (type === 'models' || operationOf(type, clients) !== null) return
    const message = `route type '${type}' is not served for clients of format '${clients}'`
    context.addIssue({ code: 'custom', path: ['route_type'], message })
  })

export type Config = z.infer<typeof config>
export type ProviderConfig = Config['providers'][number]
