/** Checks one whole answer of a stack before it is measured: a proxy that answers fast and wrong is not fast. */

import { z } from 'zod'
import { answerText, type MockFormat, streamText } from '../mock/replies.ts'
import type { Workload } from '../workloads.ts'
import type { Answer } from './once.ts'

const chatSchema = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1) })
const chunkSchema = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }) })),
})

/** Says what is wrong with the answer to a workload's request; undefined if it is right. */
export function findFault(workload: Workload, answer: Answer): string | undefined {
  if (answer.status !== 200) return answer.failed ?? `status ${answer.status}: ${answer.text.slice(0, 200)}`
  try {
    return workload.stream ? findStreamFault(workload, answer.text) : findJsonFault(workload, answer.text)
  } catch (error) {
    return `unreadable answer: ${String(error).slice(0, 200)}`
  }
}

function findJsonFault(workload: Workload, text: string): string | undefined {
  const content = chatSchema.parse(JSON.parse(text)).choices[0]?.message.content
  return content === answerText(upstreamFormat(workload), workload.answerBytes)
    ? undefined
    : 'the text of the answer differs from what the upstream sent'
}

function findStreamFault(workload: Workload, text: string): string | undefined {
  const data = text
    .split('\n\n')
    .flatMap((event) => event.split('\n'))
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6))
  const chunks = data.filter((line) => line !== '[DONE]').map((line) => chunkSchema.parse(JSON.parse(line)))
  const contents = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').filter((content) => content !== '')
  if (contents.join('') !== streamText(upstreamFormat(workload), workload.chunks))
    return `the text of the stream differs (${contents.length} chunks)`
  if (contents.length !== workload.chunks) return `${contents.length} chunks with text instead of ${workload.chunks}`
  return data.at(-1) === '[DONE]' ? undefined : 'the stream has no [DONE]'
}

/** A stack that is to translate must have asked the upstream in the other format: the mock's text tells. */
function upstreamFormat(workload: Workload): MockFormat {
  return workload.translated === true ? 'anthropic' : 'openai'
}
