/** Anthropic's content blocks as canonical parts. */

import type { MediaSource, Part, ReasoningPart, TextPart, ToolResultPart } from '../../canonical/conversation.ts'
import { FormatError } from '../../canonical/format.ts'
import { asArray, asBoolean, asObject, asString, type Json, type JsonObject } from '../../canonical/json.ts'
import { unknownFields, withExtras } from '../shared/extras.ts'
import { objectAt, stringAt } from '../shared/read.ts'
import { formatName, origin } from './name.ts'

const known: Readonly<Record<string, ReadonlySet<string>>> = {
  text: new Set(['type', 'text', 'citations', 'cache_control']),
  image: new Set(['type', 'source', 'cache_control']),
  document: new Set(['type', 'source', 'title', 'cache_control']),
  thinking: new Set(['type', 'thinking', 'signature']),
  redacted_thinking: new Set(['type', 'data']),
  tool_use: new Set(['type', 'id', 'name', 'input', 'cache_control']),
  tool_result: new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control']),
}
const sourceFields = new Set(['type', 'data', 'media_type', 'url', 'file_id'])

/** A string, or an array of blocks; `at` is the path of the field. Throws FormatError. */
export function decodeBlocks(content: Json | undefined, at: string): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw new FormatError(`${at} must be a string or an array`, at)
  return content.map((block, index) => decodeBlock(objectAt(block, `${at}[${index}]`), `${at}[${index}]`))
}

export function decodeBlock(block: JsonObject, at: string): Part {
  const type = stringAt(block.type, `${at}.type`)
  const part = typed(type, block, at)
  const fields = known[type]
  if (part.type === 'opaque' || fields === undefined || part.extras?.fields.block !== undefined) return part
  const unknown = unknownFields(block, fields)
  if (unknown !== undefined) part.extras = { format: formatName, fields: { ...part.extras?.fields, ...unknown } }
  const cache = asObject(block.cache_control)
  if (cache !== undefined) part.cache = cache
  else if (block.cache_control === null) {
    part.extras = { format: formatName, fields: { ...part.extras?.fields, cache_control: null } }
  }
  return part
}

function typed(type: string, block: JsonObject, at: string): Part {
  switch (type) {
    case 'text': {
      const part: TextPart = { type: 'text', text: stringAt(block.text, `${at}.text`) }
      if (Array.isArray(block.citations)) part.citations = block.citations
      else if (block.citations === null) part.extras = { format: formatName, fields: { citations: null } }
      return part
    }
    case 'image':
      return media('image', objectAt(block.source, `${at}.source`), block)
    case 'document':
      return media('file', objectAt(block.source, `${at}.source`), block)
    case 'thinking': {
      const signature = asString(block.signature)
      const part: ReasoningPart = { type: 'reasoning', text: stringAt(block.thinking, `${at}.thinking`), origin }
      if (signature !== undefined) part.signature = signature
      return part
    }
    case 'redacted_thinking':
      return { type: 'reasoning', data: stringAt(block.data, `${at}.data`), origin }
    case 'tool_use':
      return {
        type: 'toolCall',
        id: stringAt(block.id, `${at}.id`),
        name: stringAt(block.name, `${at}.name`),
        arguments: JSON.stringify(block.input ?? {}),
      }
    case 'tool_result':
      return decodeResult(block, at)
    default:
      return worded(block)
  }
}

/** As text that any format can say, with the block itself for its own; else opaque. */
function worded(block: JsonObject): Part {
  const text = wordsOf(block)
  if (text === undefined) return { type: 'opaque', format: formatName, value: block }
  return { type: 'text', text, extras: { format: formatName, fields: { block } } }
}

/** How a content was spelled is kept as in a turn: `[]` for an array of one text, false for none. */
function decodeResult(block: JsonObject, at: string): Part {
  const { content } = block
  const parts = content === undefined ? [] : decodeBlocks(content, `${at}.content`)
  const part: ToolResultPart = {
    type: 'toolResult',
    id: stringAt(block.tool_use_id, `${at}.tool_use_id`),
    content: parts,
  }
  const isError = asBoolean(block.is_error)
  if (isError !== undefined) part.isError = isError
  return withExtras(part, formatName, spellingOf(content))
}

export function spellingOf(content: Json | undefined): JsonObject | undefined {
  if (content === undefined) return { content: false }
  return Array.isArray(content) ? { content: [] } : undefined
}

function media(type: 'image' | 'file', source: JsonObject, block: JsonObject): Part {
  const decoded = sourceOf(source)
  if (decoded === undefined) return worded(block)
  const rest = unknownFields(source, sourceFields)
  const fields: JsonObject = { ...(rest !== undefined && { source: rest }) }
  const title = asString(block.title)
  if (block.title === null) fields.title = null
  if (type === 'image') return withExtras<Part>({ type, source: decoded }, formatName, fields)
  return withExtras<Part>({ type, source: decoded, ...(title !== undefined && { name: title }) }, formatName, fields)
}

function sourceOf(source: JsonObject): MediaSource | undefined {
  const data = asString(source.data)
  const url = asString(source.url)
  const id = asString(source.file_id)
  if (source.type === 'base64' && data !== undefined) {
    return { type: 'base64', data, mediaType: asString(source.media_type) ?? '' }
  }
  if (source.type === 'text' && data !== undefined) return { type: 'text', text: data }
  if (source.type === 'url' && url !== undefined) return { type: 'url', url }
  return source.type === 'file' && id !== undefined ? { type: 'id', id } : undefined
}

/**
 * The words of a block that has no other form elsewhere: a search result, or a document made of blocks.
 * Undefined for all others.
 */
export function wordsOf(block: JsonObject): string | undefined {
  const source = asObject(block.source)
  const content =
    block.type === 'search_result' ? block.content : source?.type === 'content' ? source.content : undefined
  if (content === undefined) return undefined
  const texts =
    typeof content === 'string' ? [content] : asArray(content).map((item) => asString(asObject(item)?.text) ?? '')
  return [asString(block.title) ?? '', asString(block.source) ?? '', ...texts].filter((text) => text !== '').join('\n')
}
