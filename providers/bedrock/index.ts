/** Amazon Bedrock, at the endpoint where it speaks OpenAI's format. Every request is signed, or carries a Bedrock API key. */

import { bearer, defineProvider, openaiPaths } from '../provider.ts'
import { sign } from './sign.ts'
import { optionsFrom, regionOf } from './surroundings.ts'

export const bedrock = defineProvider({
  name: 'bedrock',
  title: 'Amazon Bedrock',
  baseUrl: (options) => `https://bedrock-mantle.${regionOf(options)}.api.aws`,
  formats: ['openai-chat'],
  paths: { chat: openaiPaths.chat, models: openaiPaths.models },
  auth: bearer,
  env: {
    key: 'AWS_BEARER_TOKEN_BEDROCK',
    auth: [
      { field: 'aws_access_key_id', variable: 'AWS_ACCESS_KEY_ID' },
      { field: 'aws_secret_access_key', variable: 'AWS_SECRET_ACCESS_KEY' },
      { field: 'aws_session_token', variable: 'AWS_SESSION_TOKEN', optional: true },
    ],
    baseUrl: 'AWS_BEDROCK_BASE_URL',
    options: optionsFrom,
  },
  sign,
})
