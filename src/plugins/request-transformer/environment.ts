/** The values that templates read: those of the request to the service, as earlier plugins have left it. */

import type { AccessPdk } from '../../pdk/index.ts'
import type { Environment, Value } from './expression.ts'

/** Node reads header bytes as latin1; texts elsewhere are UTF-8. */
export function headerToText(value: string): string {
  return isAscii(value) ? value : Buffer.from(value, 'latin1').toString('utf8')
}

/** The reverse: what goes into a header must have one character for each byte. */
export function textToHeader(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

function isAscii(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text)
}

export function environmentOf(kong: AccessPdk): Environment {
  return {
    header(name) {
      // Lua has no dashes in names, so Kong lets underscores stand for them.
      const value = kong.service.request.getHeader(name) ?? kong.service.request.getHeader(name.replaceAll('_', '-'))
      return value === undefined ? undefined : headerToText(value)
    },
    query(name) {
      const value = own(kong.service.request.getQuery(), name)
      return Array.isArray(value) ? toValue(value[0]) : toValue(value)
    },
    capture(name) {
      const { named, unnamed } = kong.request.getUriCaptures()
      return typeof name === 'number' ? unnamed[name - 1] : toValue(own(named, name))
    },
    shared([first, ...rest]) {
      let value = kong.ctx.getShared(String(first))
      for (const key of rest) value = own(value, key)
      return toValue(value)
    },
  }
}

/** An own field: a name in a template must not reach what an object inherits. */
function own(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key - 1] : undefined
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return Reflect.get(value, key)
}

function toValue(value: unknown): Value {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return undefined
}
