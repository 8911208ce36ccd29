/** The format's name, apart from its codec, for the parts of the codec. */

export const formatName = 'anthropic-messages'

/** Who can read the signatures of Anthropic's reasoning, in OpenRouter's words. */
export const origin = 'anthropic-claude-v1'
