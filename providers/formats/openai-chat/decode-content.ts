/** Content parts of OpenAI chat messages as canonical parts. */

import type { Part, TextPart } from '../../canonical/conversation.ts'
import { FormatError } from '../../canonical/format.ts'
import { asObject, asString, type Json, type JsonObject } from '../../canonical/json.ts'
import { sourceOfUrl } from '../shared/data-url.ts'
import { unknownFields, withExtras } from '../shared/extras.ts'
import { objectAt, stringAt } from '../shared/read.ts'
import { formatName } from './name.ts'

const known: Readonly<Record<string, ReadonlySet<string>>> = {
  text: new Set(['type', 'text']),
  refusal: new Set(['type', 'refusal']),
  image_url: new Set(['type', 'image_url']),
  input_audio: new Set(['type', 'input_audio']),
  file: new Set(['type', 'file']),
}
const imageFields = new Set(['url', 'detail'])
const audioFields = new Set(['data', 'format'])
const fileFields = new Set(['file_data', 'file_id', 'filename'])

/** Sound formats that are not named like their media type. */
export const audioTypes: Readonly<Record<string, string>> = { mp3: 'audio/mpeg' }

/** `at` is the path of the field, for errors. Throws FormatError. */
export function decodeContent(content: Json | undefined, at: string): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw new FormatError(`${at} must be a string or an array`, at)
  return content.map((item, index) => decodePart(objectAt(item, `${at}[${index}]`), `${at}[${index}]`))
}

function decodePart(item: JsonObject, at: string): Part {
  const type = stringAt(item.type, `${at}.type`)
  const part = typed(type, item, at)
  if (part.type === 'opaque') return part
  const fields = unknownFields(item, known[type] ?? new Set())
  if (fields !== undefined || part.extras !== undefined) {
    part.extras = { format: formatName, fields: { ...part.extras?.fields, ...fields } }
  }
  const cache = asObject(item.cache_control)
  if (cache !== undefined) part.cache = cache
  return part
}

function typed(type: string, item: JsonObject, at: string): Part {
  switch (type) {
    case 'text': {
      const part: TextPart = { type: 'text', text: stringAt(item.text, `${at}.text`) }
      return part
    }
    case 'refusal':
      return withExtras<Part>({ type: 'refusal', text: stringAt(item.refusal, `${at}.refusal`) }, formatName, {
        inline: true,
      })
    case 'image_url':
      return decodeImage(item.image_url, `${at}.image_url`)
    case 'input_audio': {
      const audio = objectAt(item.input_audio, `${at}.input_audio`)
      const format = stringAt(audio.format, `${at}.input_audio.format`)
      const data = stringAt(audio.data, `${at}.input_audio.data`)
      const mediaType = audioTypes[format] ?? `audio/${format}`
      return withExtras<Part>(
        { type: 'audio', source: { type: 'base64', data, mediaType } },
        formatName,
        nested('input_audio', unknownFields(audio, audioFields)),
      )
    }
    case 'file':
      return decodeFile(objectAt(item.file, `${at}.file`), `${at}.file`)
    default:
      return { type: 'opaque', format: formatName, value: item }
  }
}

function decodeImage(value: Json | undefined, at: string): Part {
  // Mistral takes the URL bare.
  if (typeof value === 'string') {
    return withExtras<Part>({ type: 'image', source: sourceOfUrl(value) }, formatName, { bare: true })
  }
  const image = objectAt(value, at)
  const detail = asString(image.detail)
  return withExtras<Part>(
    {
      type: 'image',
      source: sourceOfUrl(stringAt(image.url, `${at}.url`)),
      ...(detail !== undefined && { detail }),
    },
    formatName,
    nested('image_url', unknownFields(image, imageFields)),
  )
}

function decodeFile(file: JsonObject, at: string): Part {
  const name = asString(file.filename)
  const rest = nested('file', unknownFields(file, fileFields))
  const named = name === undefined ? {} : { name }
  const id = asString(file.file_id)
  if (id !== undefined)
    return withExtras<Part>({ type: 'file', source: { type: 'id', id }, ...named }, formatName, rest)
  const data = stringAt(file.file_data, `${at}.file_data`)
  const source = sourceOfUrl(data)
  if (source.type === 'base64') return withExtras<Part>({ type: 'file', source, ...named }, formatName, rest)
  if (data.startsWith('http:') || data.startsWith('https:')) {
    return withExtras<Part>({ type: 'file', source, ...named }, formatName, rest)
  }
  // Without its prefix the type is told by nothing; PDF is all that most providers take.
  return withExtras<Part>(
    { type: 'file', source: { type: 'base64', data, mediaType: 'application/pdf' }, ...named },
    formatName,
    { ...rest, bare: true },
  )
}

function nested(name: string, fields: JsonObject | undefined): JsonObject | undefined {
  return fields === undefined ? undefined : { [name]: fields }
}
