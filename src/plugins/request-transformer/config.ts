/** The config of request-transformer: Kong's, with templates that are checked when the file is loaded. */

import { z } from 'zod'
import { optional, text } from '../../entities/fields.ts'
import { headerPair } from '../shared/pairs.ts'
import { UnsupportedExpression } from './expression.ts'
import { compileTemplate } from './template.ts'

function checkTemplate(value: string, context: z.core.$RefinementCtx<string>): void {
  try {
    compileTemplate(value)
  } catch (error) {
    if (!(error instanceof UnsupportedExpression)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
}

const names = z.array(text).default([])
const templates = z.array(text.superRefine(checkTemplate)).default([])
const headerTemplates = z.array(headerPair.superRefine(checkTemplate)).default([])

function changes(what: string) {
  return {
    body: templates.describe(`Fields of the body to ${what}, as name:value.`),
    headers: headerTemplates.describe(`Headers to ${what}, as name:value.`),
    querystring: templates.describe(`Arguments of the query to ${what}, as name:value.`),
  }
}

export const config = z.strictObject({
  http_method: optional(z.string().regex(/^[A-Z]+$/)).describe('Method of the request to the service.'),
  remove: z
    .strictObject({
      body: names.describe('Names of fields of the body to remove.'),
      headers: names.describe('Names of headers to remove.'),
      querystring: names.describe('Names of arguments of the query to remove.'),
    })
    .prefault({})
    .describe('What is removed; runs first.'),
  rename: z
    .strictObject(changes('rename, the new name being the value'))
    .prefault({})
    .describe('What gets another name; runs second.'),
  replace: z
    .strictObject({
      ...changes('replace where they are present'),
      uri: optional(text.superRefine(checkTemplate)).describe('Path of the request to the service.'),
    })
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
