/** Reads the body of a request as the fields of an entity, whichever way it was sent. */

import type { Context } from 'hono'
import { type Fields, isRecord } from '../../config/records.ts'
import { AdminError } from '../answer.ts'
import { bodyKind } from './content-type.ts'
import { nestFields } from './form.ts'

/** The fields of a JSON object or of a form, whose names nest and whose values are texts. Throws 400 for bad JSON. */
export async function readFields(c: Context): Promise<{ fields: Fields; fromForm: boolean }> {
  const kind = bodyKind(c.req.header('Content-Type'))
  if (kind === 'form' || kind === 'multipart') return { fields: nestFields(await readPairs(c)), fromForm: true }
  const text = await c.req.text()
  return { fields: text.trim() === '' ? {} : parseObject(text), fromForm: false }
}

/** A text that must hold a JSON object. */
export function parseObject(text: string): Fields {
  const value = parseJson(text)
  if (!isRecord(value)) throw new AdminError(400, 'Cannot parse JSON body')
  return value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new AdminError(400, 'Cannot parse JSON body')
  }
}

/** The fields of a form in their order; files count as their text. */
export async function readPairs(c: Context): Promise<[string, string][]> {
  const kind = bodyKind(c.req.header('Content-Type'))
  if (kind !== 'multipart') return [...new URLSearchParams(await c.req.text())]
  const pairs: [string, string][] = []
  for (const [name, value] of await formData(c)) {
    pairs.push([name, typeof value === 'string' ? value : await value.text()])
  }
  return pairs
}

async function formData(c: Context): Promise<FormData> {
  try {
    return await c.req.formData()
  } catch {
    throw new AdminError(400, 'Cannot parse multipart body')
  }
}
