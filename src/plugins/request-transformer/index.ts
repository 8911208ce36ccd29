/** Changes requests on their way to the service: path, method, headers, body and query, in this order. */

import { parseQuery } from '../../http/query.ts'
import { type AccessPdk, definePlugin } from '../../pdk/index.ts'
import { type BodyKind, bodyKind, changeBody } from './body.ts'
import { type Compiled, compile } from './compile.ts'
import { type Config, config } from './config.ts'
import { environmentOf } from './environment.ts'
import type { Environment } from './expression.ts'
import { changeFields } from './fields.ts'
import { changeHeaders } from './headers.ts'
import { replaceUri } from './uri.ts'

/** Methods whose requests say everything in the query. */
const bodiless = new Set(['GET', 'HEAD', 'TRACE'])

export default definePlugin<Config>({
  name: 'request-transformer',
  priority: 801,
  config,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  access(kong, settings) {
    const steps = compile(settings)
    const environment = environmentOf(kong)
    if (steps.uri !== null) replaceUri(kong, steps.uri, environment)
    if (steps.method !== null) {
      kong.service.request.setMethod(steps.method)
      if (bodiless.has(steps.method) && bodyKind(kong) === 'form') return moveFormThenRest(kong, steps, environment)
    }
    return changeRest(kong, steps, environment)
  },
})

/** Headers, body and query; a promise only where the body must be read. */
function changeRest(kong: AccessPdk, steps: Compiled, environment: Environment): void | Promise<void> {
  if (steps.headers !== null) changeHeaders(kong, steps.headers, environment)
  const kind = steps.body === null ? null : bodyKind(kong)
  if (steps.body !== null && kind !== null) return changeBodyThenQuery(kong, kind, steps, environment)
  changeQuery(kong, steps, environment)
}

async function changeBodyThenQuery(
  kong: AccessPdk,
  kind: BodyKind,
  steps: Compiled,
  environment: Environment,
): Promise<void> {
  if (steps.body !== null) await changeBody(kong, kind, steps.body, environment)
  changeQuery(kong, steps, environment)
}

function changeQuery(kong: AccessPdk, steps: Compiled, environment: Environment): void {
  if (steps.query === null) return
  const query = kong.service.request.getQuery()
  if (changeFields(query, steps.query, environment)) kong.service.request.setQuery(query)
}

/** A form that was to be posted becomes the query of a request that has no body. */
async function moveFormThenRest(kong: AccessPdk, steps: Compiled, environment: Environment): Promise<void> {
  const { request } = kong.service
  const body = await request.getRawBody()
  const form = parseQuery(body.toString('utf8'))
  request.setQuery({ ...request.getQuery(), ...form })
  request.setRawBody('')
  request.clearHeader('content-type')
  await changeRest(kong, steps, environment)
}
