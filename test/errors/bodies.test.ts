/** The bodies of the gateway's own errors, by what the client takes and by the format it speaks. */

import { describe, expect, it } from 'vitest'
import { format } from '../../providers/formats/index.ts'
import { defaultMessage, errorBody } from '../../src/errors/bodies.ts'
import { errors, TollError } from '../../src/errors/registry.ts'

describe('the media type of an error', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['text/html;q=0.1, text/plain;q=0.5', 'text/plain'],
    ['text/*', 'text/plain'],
    ['text/xml', 'application/xml'],
    ['APPLICATION/XML', 'application/xml'],
    ['application/*;q=0.3, image/png', 'application/json'],
    ['text/html;q=0', 'application/json'],
    ['text/html;q=x', 'application/json'],
    ['text/plain;charset=utf-8;q=0.4, application/json;q=0.3', 'text/plain'],
  ])('for Accept %j is %s', (accept, type) => {
    expect(errorBody(null, 404, 'lost', 'id-1', accept).type).toBe(`${type}; charset=utf-8`)
  })
})

describe('the text of an error', () => {
  const body = (accept: string) => errorBody(null, 400, 'a <b> & c', 'id-1', accept).body

  it('is Kong’s in each media type, with markup escaped where it counts', () => {
    expect(JSON.parse(body('application/json'))).toEqual({ message: 'a <b> & c', request_id: 'id-1' })
    expect(body('text/plain')).toBe('a <b> & c\nrequest_id: id-1\n')
    expect(body('application/xml')).toContain('<message>a &#60;b&#62; &#38; c</message><requestid>id-1</requestid>')
    expect(body('text/html')).toContain('<h1>Error</h1><p>a &#60;b&#62; &#38; c.</p><p>request_id: id-1</p>')
  })

  it('is in the client’s own format where its route has one, whatever it accepts', () => {
    const openai = errorBody(format('openai-chat'), 429, 'slow down', 'id-1', 'text/html')
    expect(openai.type).toBe('application/json; charset=utf-8')
    expect(JSON.parse(openai.body)).toMatchObject({ error: { message: 'slow down', type: 'rate_limit_error' } })
    const anthropic = errorBody(format('anthropic-messages'), 400, 'no', 'id-1', undefined)
    expect(JSON.parse(anthropic.body)).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  })

  it('has a default for each status', () => {
    expect([defaultMessage(418), defaultMessage(504), defaultMessage(499)]).toEqual([
      "I'm a teapot",
      'The upstream server is timing out',
      'The upstream server responded with 499',
    ])
  })
})

describe('an error of the registry', () => {
  it('fills in its facts, and leaves a gap that it has none for', () => {
    const cause = new Error('why')
    const error = new TollError('TOLL_CONTENT_TYPE', { expected: 'JSON' }, { cause, headers: { 'Retry-After': '1' } })
    expect(error.message).toBe('This route takes JSON, but the request says {actual}')
    expect(error).toMatchObject({ code: 'TOLL_CONTENT_TYPE', status: 415, cause, headers: { 'Retry-After': '1' } })
    expect(new TollError('TOLL_NO_ROUTE')).toMatchObject({ status: 404, headers: {} })
  })

  it.each(Object.entries(errors))('%s has a status of an error and a text', (_, { status, message }) => {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(message).toMatch(/\S/)
  })
})
