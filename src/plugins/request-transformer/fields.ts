/** The five steps over named values, as both query arguments and body fields are. */

import { appended } from '../shared/json-object.ts'
import type { Steps } from './compile.ts'
import type { Environment } from './expression.ts'
import { render } from './template.ts'

/** Changes the fields in place; says whether anything changed. */
export function changeFields(fields: Record<string, unknown>, steps: Steps, environment: Environment): boolean {
  let changed = false
  const set = (name: string, value: unknown) => {
    // Not by assignment, which for the name __proto__ would do something else.
    Object.defineProperty(fields, name, { value, writable: true, enumerable: true, configurable: true })
    changed = true
  }
  const remove = (name: string) => {
    delete fields[name]
    changed = true
  }
  for (const name of steps.remove) if (Object.hasOwn(fields, name)) remove(name)
  for (const { name, value } of steps.rename) {
    const renamed = render(value, environment)
    if (!Object.hasOwn(fields, name) || renamed === name || renamed === '') continue
    const present = fields[name]
    remove(name)
    set(renamed, present)
  }
  for (const { name, value } of steps.replace) if (Object.hasOwn(fields, name)) set(name, render(value, environment))
  for (const { name, value } of steps.add) if (!Object.hasOwn(fields, name)) set(name, render(value, environment))
  for (const { name, value } of steps.append) {
    const present = Object.hasOwn(fields, name) ? fields[name] : undefined
    set(name, appended(present, render(value, environment)))
  }
  return changed
}
