/** The config of response-transformer: Kong's. */

import { z } from 'zod'
import { text } from '../../entities/fields.ts'
import { headerPair, pair } from '../shared/pairs.ts'

const jsonTypes = z
  .array(z.enum(['boolean', 'number', 'string']))
  .default([])
  .describe('Types of the values of `json`, by position; text where there is none.')

function changes(what: string) {
  return {
    json: z.array(pair).default([]).describe(`Fields of a JSON body to ${what}, as name:value.`),
    json_types: jsonTypes,
    headers: z.array(headerPair).default([]).describe(`Headers to ${what}, as name:value.`),
  }
}

export const config = z.strictObject({
  remove: z
    .strictObject({
      json: z.array(text).default([]).describe('Names of fields of a JSON body to remove.'),
      headers: z.array(text).default([]).describe('Names of headers to remove.'),
    })
    .prefault({})
    .describe('What is removed; runs first.'),
  rename: z
    .strictObject({
      json: z.array(pair).default([]).describe('Fields of a JSON body to rename, as old:new.'),
      headers: z.array(headerPair).default([]).describe('Headers to rename, as old:new.'),
    })
    .prefault({})
    .describe('What gets another name; runs second.'),
  replace: z
    .strictObject(changes('replace where they are present'))
    .prefault({})
    .describe('What gets another value if it is there; runs third.'),
  add: z
    .strictObject(changes('add where they are absent'))
    .prefault({})
    .describe('What is added if it is not there; runs fourth.'),
  append: z
    .strictObject(changes('give a further value'))
    .prefault({})
    .describe('What gets one more value, or its first; runs last.'),
})

export type Config = z.infer<typeof config>
