/** Canonical parts as content parts of OpenAI chat messages. */

import type { FilePart, Part } from '../../canonical/conversation.ts'
import { FormatError } from '../../canonical/format.ts'
import { asObject, isObject, type JsonObject } from '../../canonical/json.ts'
import { dataUrl } from '../shared/data-url.ts'
import { ownFields } from '../shared/extras.ts'
import { audioTypes } from './decode-content.ts'
import { formatName } from './name.ts'

export interface PartContext {
  /** What this format cannot say is left out of the model's own turns, and refused in all others, whose author must know. */
  readonly ofModel: boolean
  /** The client spoke this format too. */
  readonly same: boolean
}

/** Undefined for a part that belongs elsewhere in the message, or nowhere. Throws FormatError. */
export function encodePart(part: Part, context: PartContext): JsonObject | undefined {
  const { inline: _inline, bare, image_url, input_audio, file, ...fields } = ownFields(part, formatName)
  switch (part.type) {
    case 'text':
      return { ...fields, type: 'text', text: part.text }
    case 'refusal':
      return { ...fields, type: 'refusal', refusal: part.text }
    case 'image': {
      const { source } = part
      if (source.type === 'id' || source.type === 'text')
        return unsupported('an image that is not given by URL or as base64')
      const url = source.type === 'url' ? source.url : dataUrl(source)
      if (bare === true) return { ...fields, type: 'image_url', image_url: url }
      return {
        ...fields,
        type: 'image_url',
        image_url: { ...asObject(image_url), url, ...(part.detail !== undefined && { detail: part.detail }) },
      }
    }
    case 'audio': {
      const { source } = part
      if (source.type !== 'base64') return unsupported('audio that is not given as base64')
      const short = source.mediaType.slice(source.mediaType.indexOf('/') + 1)
      const format = Object.keys(audioTypes).find((name) => audioTypes[name] === source.mediaType) ?? short
      return { ...fields, type: 'input_audio', input_audio: { ...asObject(input_audio), data: source.data, format } }
    }
    case 'file':
      return encodeFile(part, { ...fields }, { ...asObject(file) }, bare === true, context.same)
    case 'opaque':
      if (part.format === formatName && isObject(part.value)) return part.value
      if (context.ofModel) return undefined
      return unsupported('a content part that only another format knows')
    case 'reasoning':
    case 'toolCall':
    case 'toolResult':
      return undefined
  }
}

function encodeFile(part: FilePart, fields: JsonObject, rest: JsonObject, bare: boolean, same: boolean): JsonObject {
  const { source, name } = part
  const filename = name === undefined ? {} : { filename: name }
  switch (source.type) {
    case 'id':
      return { ...fields, type: 'file', file: { ...rest, ...filename, file_id: source.id } }
    case 'text':
      return { ...fields, type: 'text', text: name === undefined ? source.text : `${name}\n\n${source.text}` }
    case 'url':
      if (!same) return unsupported('a file that is given by URL')
      return { ...fields, type: 'file', file: { ...rest, ...filename, file_data: source.url } }
    case 'base64':
      // The API refuses file data without a name, and other formats have none.
      return {
        ...fields,
        type: 'file',
        file: {
          ...rest,
          ...(name === undefined && !same ? { filename: 'document.pdf' } : filename),
          file_data: bare ? source.data : dataUrl(source),
        },
      }
  }
}

function unsupported(what: string): never {
  throw new FormatError(`${what} cannot be sent to a model that speaks ${formatName}`)
}
