/** What the tests of formats share: fixtures, chunkings, and the short ways from bytes to answers. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ChatEvent, Completion } from '../../providers/canonical/events.ts'
import { CompletionFold } from '../../providers/canonical/events.ts'
import type { AnswerContext, ChatFormat } from '../../providers/canonical/format.ts'
import { isObject, type JsonObject } from '../../providers/canonical/json.ts'

const root = new URL('../../', import.meta.url)

export const context: AnswerContext = { id: 'given-id', model: 'alias', created: 1_700_000_000, includeUsage: true }

export function fixtureBytes(path: string): Buffer {
  return readFileSync(new URL(`fixtures/${path}`, root))
}

export function fixtureJson(path: string): JsonObject {
  return objectOf(JSON.parse(fixtureBytes(path).toString('utf8')))
}

export function objectOf(value: unknown): JsonObject {
  if (!isObject(value)) throw new TypeError('not an object')
  return value
}

/** `bytes` cut at the offsets, which may be in any order, repeated or too large. */
export function cutAt(bytes: Buffer, offsets: readonly number[]): Buffer[] {
  const sorted = [...new Set(offsets.map((offset) => offset % (bytes.length + 1)))].sort((a, b) => a - b)
  const chunks: Buffer[] = []
  let from = 0
  for (const offset of [...sorted, bytes.length]) {
    chunks.push(bytes.subarray(from, offset))
    from = offset
  }
  return chunks
}

export function decodeStream(format: ChatFormat, chunks: readonly Buffer[]): ChatEvent[] {
  const decoder = format.decodeEvents()
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()]
}

export function encodeStream(
  format: ChatFormat,
  events: readonly ChatEvent[],
  answer: AnswerContext = context,
): string {
  const encoder = format.encodeEvents(answer)
  return encoder.encode(events) + encoder.end()
}

export function fold(events: readonly ChatEvent[]): Completion {
  const folded = new CompletionFold()
  for (const event of events) folded.push(event)
  return folded.completion
}

/** The `data:` of each event, parsed; `[DONE]` stays as it is. */
export function dataOf(stream: string): unknown[] {
  return stream
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => (line === 'data: [DONE]' ? '[DONE]' : JSON.parse(line.slice(6))))
}

const shared = new URL('../shared/data/provider-fixtures/', root)

export interface Recording {
  readonly name: string
  readonly request: JsonObject | undefined
  readonly status: number
  readonly headers: JsonObject
  readonly body: unknown
  readonly text: string | undefined
}

/** Recorded exchanges below a folder of the shared data; undefined, with a printed reason, where the data is not there. */
export function recordings(folder: string, prefix: string): Recording[] | undefined {
  const at = new URL(`${folder}/`, shared)
  if (!existsSync(at)) {
    console.log(`skipped: recorded traffic is not at ${fileURLToPath(at)}`)
    return undefined
  }
  return readdirSync(at)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
    .map((name) => {
      const recording = objectOf(JSON.parse(readFileSync(new URL(name, at), 'utf8')))
      const request = objectOf(recording.request)
      const response = objectOf(recording.response)
      return {
        name,
        request: isObject(request.body) ? request.body : undefined,
        status: Number(response.status),
        headers: isObject(response.headers) ? response.headers : {},
        body: response.body,
        text: typeof response.body_text === 'string' ? response.body_text : undefined,
      }
    })
}
