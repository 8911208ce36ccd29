/** The format's name, apart from its codec, for the parts of the codec. */

export const formatName = 'openai-chat'
