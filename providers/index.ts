/** The providers that ship. */

import { anthropic } from './anthropic/index.ts'
import { bedrock } from './bedrock/index.ts'
import { cerebras } from './cerebras/index.ts'
import { deepseek } from './deepseek/index.ts'
import { demo } from './demo/index.ts'
import { fireworks } from './fireworks/index.ts'
import { gemini } from './gemini/index.ts'
import { groq } from './groq/index.ts'
import { mistral } from './mistral/index.ts'
import { nvidia } from './nvidia/index.ts'
import { ollama } from './ollama/index.ts'
import { openai } from './openai/index.ts'
import { openrouter } from './openrouter/index.ts'
import { perplexity } from './perplexity/index.ts'
import type { ProviderDefinition } from './provider.ts'
import { together } from './together/index.ts'
import { vllm } from './vllm/index.ts'
import { xai } from './xai/index.ts'

/** By name, as in `model.provider` of ai-proxy. */
export const providers: ReadonlyMap<string, ProviderDefinition> = new Map(
  [
    openai,
    anthropic,
    gemini,
    mistral,
    groq,
    deepseek,
    together,
    fireworks,
    openrouter,
    xai,
    cerebras,
    perplexity,
    nvidia,
    bedrock,
    ollama,
    vllm,
    demo,
  ].map((provider) => [provider.name, provider]),
)
