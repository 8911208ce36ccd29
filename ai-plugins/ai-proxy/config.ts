/** Configuration of ai-proxy: Kong's fields, defaults and ranges. */

import { z } from 'zod'
import { authConfig, loggingConfig, modelConfig } from '../../src/llm/config.ts'
import { operationOf } from '../../src/llm/operation.ts'

const routeTypes = [
  'llm/v1/chat',
  'llm/v1/completions',
  'llm/v1/embeddings',
  'llm/v1/responses',
  'llm/v1/assistants',
  'llm/v1/files',
  'llm/v1/batches',
  'audio/v1/audio/speech',
  'audio/v1/audio/transcriptions',
  'audio/v1/audio/translations',
  'image/v1/images/generations',
  'image/v1/images/edits',
  'video/v1/videos/generations',
  'realtime/v1/realtime',
  'preserve',
] as const

export const config = z
  .strictObject({
    route_type: z.enum(routeTypes).describe('What the route serves.'),
    auth: authConfig.prefault({}).describe('The credential for the provider.'),
    model: modelConfig.describe('The model and where it is served.'),
    logging: loggingConfig.prefault({}).describe('What is logged of each call.'),
    llm_format: z
      .enum(['openai', 'anthropic', 'bedrock', 'cohere', 'gemini', 'huggingface'])
      .default('openai')
      .describe('The format that clients speak.'),
    genai_category: z
      .enum([
        'text/generation',
        'text/embeddings',
        'audio/speech',
        'audio/transcription',
        'image/generation',
        'video/generation',
      ])
      .default('text/generation')
      .describe('Kind of traffic, for Kong’s files; the route type says the same.'),
    response_streaming: z
      .enum(['allow', 'deny', 'always'])
      .default('allow')
      .describe('Whether answers may be streamed, or always are.'),
    max_request_body_size: z
      .int()
      .min(0)
      .default(1_048_576)
      .describe('Bytes of a request body; 0: no limit of its own.'),
    model_name_header: z.boolean().default(true).describe('Whether answers name the model in X-Kong-LLM-Model.'),
  })
  .superRefine((value, context) => {
    if (operationOf(value.route_type, value.llm_format) !== null) return
    context.addIssue({
      code: 'custom',
      path: ['route_type'],
      message: `route type '${value.route_type}' is not served for clients of format '${value.llm_format}'`,
    })
  })

export type Config = z.infer<typeof config>
