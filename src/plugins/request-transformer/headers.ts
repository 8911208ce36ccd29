/** Changes the headers of the request to the service. */

import { TollError } from '../../errors/registry.ts'
import { isHeaderValue } from '../../http/headers.ts'
import type { AccessPdk } from '../../pdk/index.ts'
import { isHeaderToken } from '../shared/pairs.ts'
import type { Steps } from './compile.ts'
import { textToHeader } from './environment.ts'
import type { Environment } from './expression.ts'
import { render, type Template } from './template.ts'

/** The Host header can be replaced, and nothing else. */
const host = 'host'

export function changeHeaders(kong: AccessPdk, steps: Steps, environment: Environment): void {
  const { request } = kong.service
  const has = (name: string) => request.getHeader(name) !== undefined
  const rendered = (value: Template) => toHeaderValue(render(value, environment))
  for (const name of steps.remove) if (!isHost(name) && has(name)) request.clearHeader(name)
  for (const { name, value } of steps.rename) {
    const present = request.getHeaderValues(name)
    const renamed = rendered(value)
    if (present.length === 0 || isHost(name) || isHost(renamed) || !isHeaderToken(renamed)) continue
    request.clearHeader(name)
    request.setHeader(renamed, present)
  }
  for (const { name, value } of steps.replace) if (isHost(name) || has(name)) request.setHeader(name, rendered(value))
  for (const { name, value } of steps.add) if (!isHost(name) && !has(name)) request.setHeader(name, rendered(value))
  for (const { name, value } of steps.append) if (!isHost(name)) request.addHeader(name, rendered(value))
}

function isHost(name: string): boolean {
  return name.length === host.length && name.toLowerCase() === host
}

/** A client that has line ends rendered into a header is refused: they would begin a header of its own. */
function toHeaderValue(text: string): string {
  const value = textToHeader(text.trim())
  if (!isHeaderValue(value)) throw new TollError('TOLL_BAD_REQUEST')
  return value
}
