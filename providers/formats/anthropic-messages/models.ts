/** What Claude models take and refuse, as far as their names tell; a model that is not known is taken for a new one. */

export interface ClaudeTraits {
  /** Tokens to ask for where nobody says how many. */
  readonly maxTokens: number
  /** `temperature`, `top_p` and `top_k` are refused. */
  readonly noSampling: boolean
  /** `none`: no reasoning; `budget`: `thinking.budget_tokens`; `adaptive`: `output_config.effort`. */
  readonly thinking: 'none' | 'budget' | 'adaptive'
  /** Reasoning cannot be switched off. */
  readonly alwaysThinks: boolean
  /** The effort `xhigh` exists. */
  readonly xhigh: boolean
  /** `output_config.format` is understood. */
  readonly structured: boolean
  /** A system message may stand between others. */
  readonly midSystem: boolean
}

const newName = /claude-([a-z]+)-(\d{1,2})(?:-(\d{1,2}))?(?!\d)/
const oldName = /claude-(\d)(?:-(\d))?-([a-z]+)/

interface Version {
  readonly family: string
  /** 4.6 is 406. */
  readonly number: number
}

function versionOf(model: string): Version | undefined {
  const old = oldName.exec(model)
  if (old !== null) return { family: old[3] ?? '', number: Number(old[1]) * 100 + Number(old[2] ?? 0) }
  const named = newName.exec(model)
  if (named !== null) return { family: named[1] ?? '', number: Number(named[2]) * 100 + Number(named[3] ?? 0) }
  return undefined
}

/** `model` may carry a vendor's prefix, as in `anthropic.claude-sonnet-4-5-20250929-v1:0`. */
export function claudeTraits(model: string): ClaudeTraits {
  const { family, number } = versionOf(model) ?? { family: '', number: model.includes('claude-2') ? 200 : 500 }
  const fable = family === 'fable'
  const latest = number >= 505 || fable
  return {
    maxTokens: maxTokensOf(family, number),
    noSampling: number >= 500 || fable || (family === 'opus' && number >= 407),
    thinking: number < 307 ? 'none' : number < 400 ? 'budget' : number >= 406 || fable ? 'adaptive' : 'budget',
    alwaysThinks: latest,
    xhigh: number > 406 || fable,
    structured: number >= 405 || fable || (family === 'opus' && number >= 401),
    midSystem: number >= 500 || fable,
  }
}

function maxTokensOf(family: string, number: number): number {
  if (number >= 406) return 128_000
  if (number >= 405) return 64_000
  if (number >= 400) return family === 'opus' ? 32_000 : 64_000
  return 4096
}
