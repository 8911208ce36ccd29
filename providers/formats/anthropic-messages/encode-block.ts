/** Canonical parts as Anthropic's content blocks. */

import type { MediaSource, Part, ToolResultPart } from '../../canonical/conversation.ts'
import { FormatError } from '../../canonical/format.ts'
import { asObject, isObject, type Json, type JsonObject, parseObject } from '../../canonical/json.ts'
import { ownFields } from '../shared/extras.ts'
import { safeToolId } from '../shared/identifiers.ts'
import { wordsOf } from './decode-block.ts'
import { formatName, origin } from './name.ts'

export interface BlockContext {
  /** What this format cannot say is left out of the model's own turns, and refused in all others, whose author must know. */
  readonly ofModel: boolean
  /** The client spoke this format too. */
  readonly same: boolean
}

/** Undefined for what must not be sent. Throws FormatError. */
export function encodeBlock(part: Part, context: BlockContext): JsonObject | undefined {
  const { content: _content, source: rest, block, ...fields } = ownFields(part, formatName)
  if (part.cache !== undefined) fields.cache_control = part.cache
  switch (part.type) {
    case 'text':
      // Whoever changed the words meant what they say now.
      if (isObject(block) && wordsOf(block) === part.text) return block
      // Blank text is refused by the API.
      if (!context.same && part.text.trim() === '') return undefined
      return {
        ...fields,
        type: 'text',
        text: part.text,
        ...(context.same && part.citations !== undefined && { citations: part.citations }),
      }
    case 'refusal':
      return { type: 'text', text: part.text }
    case 'reasoning':
      // Unsigned reasoning, or another family's, is refused by the API.
      if (part.origin !== origin && !context.same) return undefined
      if (part.data !== undefined) return { ...fields, type: 'redacted_thinking', data: part.data }
      if (part.signature === undefined || (part.signature === '' && !context.same)) return undefined
      return { ...fields, type: 'thinking', thinking: part.text ?? '', signature: part.signature }
    case 'image':
      if (part.source.type === 'text') return unsupported('an image that is given as text')
      return { ...fields, type: 'image', source: { ...asObject(rest), ...encodeSource(part.source) } }
    case 'file':
      return {
        ...fields,
        type: 'document',
        source: { ...asObject(rest), ...encodeSource(part.source) },
        ...(part.name !== undefined && { title: part.name }),
      }
    case 'audio':
      return unsupported('audio')
    case 'toolCall':
      return {
        ...fields,
        type: 'tool_use',
        id: safeToolId(part.id),
        name: part.name,
        input: inputOf(part.arguments),
      }
    case 'toolResult':
      return encodeResult(part, fields, context)
    case 'opaque':
      if (part.format === formatName && isObject(part.value)) return part.value
      if (context.ofModel) return undefined
      return unsupported('a content part that only another format knows')
  }
}

function encodeSource(source: MediaSource): JsonObject {
  switch (source.type) {
    case 'url':
      return { type: 'url', url: source.url }
    case 'id':
      return { type: 'file', file_id: source.id }
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text }
    case 'base64':
      if (source.mediaType === 'text/plain') {
        return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') }
      }
      return { type: 'base64', media_type: source.mediaType, data: source.data }
  }
}

function encodeResult(part: ToolResultPart, fields: JsonObject, context: BlockContext): JsonObject {
  const spelling = ownFields(part, formatName).content
  return {
    ...fields,
    type: 'tool_result',
    tool_use_id: safeToolId(part.id),
    ...(spelling !== false && { content: encodeContent(part.content, spelling, context) }),
    ...(part.isError !== undefined && { is_error: part.isError }),
  }
}

/** A string where a single plain text says it all. */
export function encodeContent(parts: readonly Part[], spelling: Json | undefined, context: BlockContext): Json {
  const only = parts.length === 1 ? parts[0] : undefined
  if (
    only?.type === 'text' &&
    !Array.isArray(spelling) &&
    only.cache === undefined &&
    only.extras === undefined &&
    (only.citations === undefined || !context.same)
  ) {
    return only.text
  }
  const blocks: Json[] = []
  for (const part of parts) {
    const block = encodeBlock(part, context)
    if (block !== undefined) blocks.push(block)
  }
  return blocks
}

/** Arguments must be an object here; what is none is wrapped, so that the model sees what it wrote. */
function inputOf(text: string): JsonObject {
  if (text.trim() === '' || text.trim() === 'null') return {}
  const parsed = parseObject(text)
  if (parsed !== undefined) return parsed
  return { rawInvalidInput: text }
}

function unsupported(what: string): never {
  throw new FormatError(`${what} cannot be sent to a model that speaks ${formatName}`)
}
