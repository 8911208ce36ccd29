/** OpenAI's embeddings: what a request may say, and the answer out of vectors. */

import { FormatError } from '../canonical/format.ts'
import { isObject, type Json, type JsonObject } from '../canonical/json.ts'
import { numberField, stringField } from './shared/read.ts'

export interface EmbeddingsRequest {
  readonly model: string | undefined
  readonly inputs: readonly string[]
  /** Inputs given as tokens, which only their own model can read; `inputs` is empty then. */
  readonly tokens: readonly (readonly number[])[]
  readonly dimensions: number | undefined
  readonly encoding: 'float' | 'base64'
  readonly user: string | undefined
}

const mostInputs = 2048

/** Throws FormatError for a request that the API refuses. */
export function decodeEmbeddingsRequest(body: JsonObject): EmbeddingsRequest {
  const encoding = stringField(body, 'encoding_format') ?? 'float'
  if (encoding !== 'float' && encoding !== 'base64') {
    throw new FormatError('encoding_format must be float or base64', 'encoding_format')
  }
  const dimensions = numberField(body, 'dimensions')
  if (dimensions !== undefined && !(Number.isInteger(dimensions) && dimensions > 0)) {
    throw new FormatError('dimensions must be a whole number above 0', 'dimensions')
  }
  return {
    ...decodeInput(body.input),
    model: stringField(body, 'model'),
    dimensions,
    encoding,
    user: stringField(body, 'user'),
  }
}

function decodeInput(input: Json | undefined): Pick<EmbeddingsRequest, 'inputs' | 'tokens'> {
  if (typeof input === 'string') {
    if (input === '') throw new FormatError('input must not be empty', 'input')
    return { inputs: [input], tokens: [] }
  }
  const words = 'input must be a string, an array of strings, an array of tokens or an array of such arrays'
  if (!Array.isArray(input) || input.length === 0) throw new FormatError(words, 'input')
  if (isTokens(input)) return { inputs: [], tokens: [input] }
  if (input.length > mostInputs) throw new FormatError(`input may hold ${mostInputs} items at most`, 'input')
  const inputs: string[] = []
  const tokens: number[][] = []
  for (const [index, item] of input.entries()) {
    if (typeof item === 'string' && item !== '') inputs.push(item)
    else if (Array.isArray(item) && item.length > 0 && isTokens(item)) tokens.push(item)
    else
      throw new FormatError(typeof item === 'string' ? `input[${index}] must not be empty` : words, `input[${index}]`)
  }
  if (inputs.length > 0 && tokens.length > 0) throw new FormatError(words, 'input')
  return { inputs, tokens }
}

function isTokens(items: readonly Json[]): items is number[] {
  return items.every((item) => typeof item === 'number' && Number.isInteger(item) && item >= 0)
}

/** Vectors in the order of the inputs. */
export function encodeEmbeddingsResponse(
  vectors: readonly (readonly number[])[],
  answer: { readonly model: string; readonly promptTokens: number; readonly encoding: 'float' | 'base64' },
): JsonObject {
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: answer.encoding === 'base64' ? encodeVector(vector) : [...vector],
    })),
    model: answer.model,
    usage: { prompt_tokens: answer.promptTokens, total_tokens: answer.promptTokens },
  }
}

/**
 * The same answer in base64, for a provider that gave numbers to a client that asked for base64.
 * Returns `body` itself where nothing is to do.
 */
export function withEncoding(body: JsonObject, encoding: 'float' | 'base64'): JsonObject {
  if (!Array.isArray(body.data)) return body
  let changed = false
  const data = body.data.map((item) => {
    if (!isObject(item)) return item
    const { embedding } = item
    if (encoding === 'base64' && Array.isArray(embedding)) {
      changed = true
      return { ...item, embedding: encodeVector(embedding.filter((value) => typeof value === 'number')) }
    }
    if (encoding === 'float' && typeof embedding === 'string') {
      changed = true
      return { ...item, embedding: decodeVector(embedding) }
    }
    return item
  })
  return changed ? { ...body, data } : body
}

/** Little-endian 32-bit floats in base64, which OpenAI's own clients ask for. */
export function encodeVector(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}

export function decodeVector(text: string): number[] {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readFloatLE(index * 4))
}
