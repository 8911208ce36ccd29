import { describe, expect, it } from 'vitest'
import {
  decodeEmbeddingsRequest,
  decodeVector,
  encodeEmbeddingsResponse,
  encodeVector,
  withEncoding,
} from '../../../providers/formats/openai-embeddings.ts'
import { objectOf } from '../support.ts'

describe('an embeddings request', () => {
  it('has one input or several, or tokens', () => {
    const inputs = (input: unknown) => {
      const request = decodeEmbeddingsRequest(objectOf({ input }))
      return [request.inputs, request.tokens]
    }
    expect(inputs('a')).toEqual([['a'], []])
    expect(inputs(['a', 'b'])).toEqual([['a', 'b'], []])
    expect(inputs([1, 2])).toEqual([[], [[1, 2]]])
    expect(inputs([[1], [2]])).toEqual([[], [[1], [2]]])
    expect(
      decodeEmbeddingsRequest({ input: 'a', model: 'm', dimensions: 3, encoding_format: 'base64', user: 'u' }),
    ).toEqual({
      inputs: ['a'],
      tokens: [],
      model: 'm',
      dimensions: 3,
      encoding: 'base64',
      user: 'u',
    })
  })

  it.each([
    [{}, 'input'],
    [{ input: '' }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: ['a', ''] }, 'input[1]'],
    [{ input: ['a', 1.5] }, 'input[1]'],
    [{ input: ['a', [1]] }, 'input'],
    [{ input: Array.from({ length: 2049 }, () => 'a') }, 'input'],
    [{ input: 'a', encoding_format: 'hex' }, 'encoding_format'],
    [{ input: 'a', dimensions: 0 }, 'dimensions'],
    [{ input: 'a', dimensions: 1.5 }, 'dimensions'],
  ])('that is bad names the field: %j', (body, param) => {
    expect(() => decodeEmbeddingsRequest(objectOf(body))).toThrow(expect.objectContaining({ param }))
  })
})

describe('an embeddings answer', () => {
  const answer = { model: 'm', promptTokens: 4 }

  it('holds numbers, or little-endian floats in base64', () => {
    const vectors = [[1, -2.5], [0.1]]
    expect(encodeEmbeddingsResponse(vectors, { ...answer, encoding: 'float' })).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [1, -2.5] },
        { object: 'embedding', index: 1, embedding: [0.1] },
      ],
      model: 'm',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    })
    expect(encodeVector([1, -2.5])).toBe('AACAPwAAIMA=')
    expect(decodeVector('AACAPwAAIMA=')).toEqual([1, -2.5])
  })

  it('is brought into the encoding that the client asked for', () => {
    const numbers = objectOf({ data: [{ embedding: [1, -2.5] }, 'odd'], model: 'm' })
    const text = withEncoding(numbers, 'base64')
    expect(text).toEqual({ data: [{ embedding: 'AACAPwAAIMA=' }, 'odd'], model: 'm' })
    expect(withEncoding(text, 'float')).toEqual(numbers)
    expect(withEncoding(numbers, 'float')).toBe(numbers)
    expect(withEncoding({ error: 'x' }, 'base64')).toEqual({ error: 'x' })
  })
})
