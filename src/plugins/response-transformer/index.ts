/** Changes answers on their way to the client: headers, and bodies of JSON, but never streams. */

import { definePlugin, type HeaderFilterPdk, PluginState } from '../../pdk/index.ts'
import { isJsonType } from '../shared/json-object.ts'
import type { Pair } from '../shared/pairs.ts'
import { type Compiled, compile, type Steps } from './compile.ts'
import { type Config, config } from './config.ts'
import { changeJson } from './json.ts'

/** Bytes of a body that are held to be changed; a longer one goes on as it is. */
const longest = 16 * 1024 * 1024

/** The body of one answer, as far as it came; null: it is left alone. */
const held = new PluginState((): { pieces: Buffer[] | null; size: number } => ({ pieces: null, size: 0 }))

export default definePlugin<Config>({
  name: 'response-transformer',
  priority: 800,
  config,
  headerFilter(kong, settings) {
    const steps = compile(settings)
    if (changesBody(kong, steps)) held.of(kong).pieces = []
    changeHeaders(kong, steps.headers)
  },
  filtersBody: (settings) => compile(settings).json !== null,
  bodyFilter(kong, settings, piece, last) {
    const body = held.of(kong)
    const { json } = compile(settings)
    if (body.pieces === null || json === null) return
    body.pieces.push(piece)
    body.size += piece.length
    if (!last && body.size <= longest) return nothing
    const whole = Buffer.concat(body.pieces)
    body.pieces = null
    if (body.size <= longest) return changeJson(whole, json) ?? whole
    kong.log.warn('an answer is too long to be changed and goes on as it is', { limit: longest })
    return whole
  },
})

const nothing = Buffer.alloc(0)

/** By what the service says of its answer, before a header is changed. A compressed body cannot be read here. */
function changesBody({ response }: HeaderFilterPdk, { json }: Compiled): boolean {
  if (json === null || !isJsonType(response.getHeader('content-type'))) return false
  return (response.getHeader('content-encoding') ?? 'identity') === 'identity'
}

function changeHeaders({ response }: HeaderFilterPdk, steps: Steps<Pair>): void {
  for (const name of steps.remove) response.clearHeader(name)
  for (const { name, value: renamed } of steps.rename) {
    const present = response.getHeaders()[name.toLowerCase()]
    if (present === undefined) continue
    response.clearHeader(name)
    response.setHeader(renamed.trim(), present)
  }
  for (const { name, value } of steps.replace) {
    if (response.getHeader(name) !== undefined) response.setHeader(name, value.trim())
  }
  for (const { name, value } of steps.add) {
    if (response.getHeader(name) === undefined) response.setHeader(name, value.trim())
  }
  for (const { name, value } of steps.append) response.addHeader(name, value.trim())
}
