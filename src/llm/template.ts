/** Templates in the model's name and options: `$(headers.x)`, `$(uri_captures.x)`, `$(query_params.x)`. */

import { TollError } from '../errors/registry.ts'
import type { AccessPdk } from '../pdk/define-plugin.ts'
import { leadsElsewhere } from './leads-elsewhere.ts'
import { isTemplate, makeTarget, type Target } from './target.ts'

const expression = /\$\(([^)]*)\)/g

/** The same target where nothing in it is a template. Throws TOLL_LLM_TEMPLATE in Kong's words. */
export function expandModel(target: Target, kong: AccessPdk): Target {
  const { model, provider, auth } = target
  if (!target.templated) return target
  const texts = Object.entries(model.options).filter(([, value]) => isTemplate(value))
  const options = {
    ...model.options,
    ...Object.fromEntries(texts.map(([key, value]) => [key, fill(String(value), kong)])),
  }
  const name = model.name === undefined ? {} : { name: fill(model.name, kong) }
  const { upstream_url: address } = options
  if (address !== undefined && !URL.canParse(address)) refuse('upstream_url is no address once it is filled in')
  return makeTarget(provider, { ...model, ...name, options }, auth)
}

function fill(text: string, kong: AccessPdk): string {
  return text.replace(expression, (_, inner: string) => {
    const dot = inner.indexOf('.')
    if (dot <= 0 || dot === inner.length - 1) refuse(`cannot parse expression for field '${text}'`)
    const source = inner.slice(0, dot)
    const key = inner.slice(dot + 1)
    const value = lookUp(source, key, kong)
    if (value === undefined) refuse(`${source} key ${key} was not provided`)
    if (leadsElsewhere(value)) refuse(`${source} key ${key} holds a path that leads elsewhere`)
    return value
  })
}

function lookUp(source: string, key: string, kong: AccessPdk): string | undefined {
  switch (source) {
    case 'headers':
      return kong.request.getHeader(key)
    case 'uri_captures':
      return kong.request.getUriCaptures().named[key]
    case 'query_params': {
      const value = kong.request.getQueryArg(key)
      return value === true ? undefined : value
    }
    default:
      return refuse(`source '${source}' is not supported`)
  }
}

function refuse(reason: string): never {
  throw new TollError('TOLL_LLM_TEMPLATE', { reason })
}
