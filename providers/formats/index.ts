/** The formats that ship. */

import type { ChatFormat } from '../canonical/format.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiCompletions } from './openai-completions/index.ts'

export const formats: ReadonlyMap<string, ChatFormat> = new Map(
  [openaiChat, openaiCompletions, anthropicMessages].map((item) => [item.name, item]),
)

/** The format of that name. Throws TypeError for a name that no format has, which configuration must have refused. */
export function format(name: string): ChatFormat {
  const found = formats.get(name)
  if (found === undefined) throw new TypeError(`no format is called ${name}`)
  return found
}
