/** `/config`: the whole configuration, read as a declarative file, and replaced. */

import type { Context } from 'hono'
import { exportYaml } from '../../config/export.ts'
import { configErrorBody } from '../../config/flatten-errors.ts'
import { isRecord } from '../../config/records.ts'
import type { LoadResult } from '../../config/types.ts'
import { AdminError, json, message } from '../answer.ts'
import { bodyKind } from '../body/content-type.ts'
import { parseObject, readPairs } from '../body/read-body.ts'
import type { Store } from '../collections/catalog.ts'
import type { AdminContext } from '../context.ts'
import { type Endpoints, isTruthy } from '../endpoints.ts'
import { printable, printableMap, printableSet } from '../redact.ts'

export function addConfig(endpoints: Endpoints, context: AdminContext, store: Store): void {
  endpoints.add('/config', {
    GET: () => json({ config: exportYaml(printableSet(store.entities(), store.catalog)) }),
    async POST(c) {
      if (context.draining()) return message('Kong currently exiting', 503)
      const text = await readConfigText(c)
      const result = await context.apply(text, { checkHash: isTruthy(c.req.query('check_hash')) })
      switch (result.outcome) {
        case 'applied':
          return json(printableMap(store.entities(), store.catalog), 201)
        case 'unchanged':
          return json(null, 304)
        case 'busy':
          return message('Currently loading previous configuration', 429, { 'Retry-After': '1' })
        case 'refused':
          return json(refusal(result.result, isTruthy(c.req.query('flatten_errors')), store), 400)
        case 'failed':
          return json(failure(result.message), 400)
      }
    },
  })
}

/**
 * The text of the configuration: a JSON body that is one, the field `config` of a JSON object or of a form, or else the
 * body as it is. JSON that is one is passed on as it was sent, since positions in errors and the hash are those of the text.
 */
async function readConfigText(c: Context): Promise<string> {
  const kind = bodyKind(c.req.header('Content-Type'))
  const text = kind === 'multipart' ? await formField(c) : await textBody(c, kind)
  if (text === undefined || text.trim() === '') throw new AdminError(400, 'expected a declarative configuration')
  return text
}

async function textBody(c: Context, kind: ReturnType<typeof bodyKind>): Promise<string | undefined> {
  const text = await c.req.text()
  if (kind === 'json') {
    const body = parseObject(text)
    if (body._format_version !== undefined) return text
    return typeof body.config === 'string' ? body.config : undefined
  }
  // What curl sends with --data-binary calls itself a form and is none.
  return kind === 'form' ? (new URLSearchParams(text).get('config') ?? text) : text
}

async function formField(c: Context): Promise<string | undefined> {
  return (await readPairs(c)).find(([name]) => name === 'config')?.[1]
}

/** What is wrong, with the secrets taken out of the entities that are shown beside it. */
function refusal(result: Extract<LoadResult, { ok: false }>, flatten: boolean, store: Store): object {
  const body = configErrorBody(result, { flatten, catalog: store.catalog })
  if (body.flattened_errors === undefined) return body
  const flattened = body.flattened_errors.map((error) => {
    const definition = store.catalog.entities.find(({ name }) => name.replace(/s$/, '') === error.entity_type)
    if (definition === undefined || !isRecord(error.entity)) return error
    return { ...error, entity: printable(definition, error.entity, store.catalog) }
  })
  return { ...body, flattened_errors: flattened }
}

/** Each entity is good, and still they make no gateway. */
function failure(text: string): object {
  return {
    code: 14,
    name: 'invalid declarative configuration',
    message: `declarative config is invalid: ${text}`,
    fields: { error: text },
  }
}
