/** Changes the fields of a JSON body. */

import { appended, parseJsonObject } from '../shared/json-object.ts'
import type { JsonChange, Steps } from './compile.ts'

/** The changed body; null where it is no JSON object, which is passed on as it is. */
export function changeJson(body: Buffer, steps: Steps<JsonChange>): Buffer | null {
  const object = parseJsonObject(body.toString('utf8'))
  if (object === null) return null
  const fields = new Map(Object.entries(object))
  for (const name of steps.remove) fields.delete(name)
  for (const { name, value: renamed } of steps.rename) {
    if (!fields.has(name) || renamed === name) continue
    fields.set(renamed, fields.get(name))
    fields.delete(name)
  }
  for (const { name, value } of steps.replace) if (fields.has(name)) fields.set(name, value)
  for (const { name, value } of steps.add) if (!fields.has(name)) fields.set(name, value)
  for (const { name, value } of steps.append) fields.set(name, appended(fields.get(name), value))
  return Buffer.from(JSON.stringify(Object.fromEntries(fields)))
}
