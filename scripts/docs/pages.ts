/** All pages of docs/reference. */

import { providers } from '../../providers/index.ts'
import type { ProviderDefinition } from '../../providers/provider.ts'
import { coreEntities } from '../../src/entities/index.ts'
import { errors } from '../../src/errors/registry.ts'
import { phases } from '../../src/pdk/phases.ts'
import { phasesOf } from '../../src/pdk/phases-of.ts'
import { settingsTable } from '../../src/settings/table.ts'
import { fieldTable } from './field-table.ts'
import { fieldsOf } from './fields.ts'
import { code, codes, page, table } from './markdown.ts'
import { commonFields, pluginPage } from './plugin-page.ts'

export interface ReferencePage {
  readonly file: string
  readonly text: string
}

export function referencePages(): ReferencePage[] {
  return [
    { file: 'settings.md', text: settingsPage() },
    { file: 'plugins.md', text: pluginPage() },
    { file: 'entities.md', text: entitiesPage() },
    { file: 'providers.md', text: providersPage() },
    { file: 'phases.md', text: phasesPage() },
    { file: 'errors.md', text: errorsPage() },
  ]
}

function settingsPage(): string {
  return page('Settings', [
    'Every setting of the process. A flag wins over a variable, a variable over the file that `--conf` names, the file over the default. ' +
      'The file has lines of the form `name = value`, as `kong.conf` does. A flag is the name with hyphens behind `--`; ' +
      'a variable is the name in capitals behind `TOLLGATE_`.',
    table(
      ['Name', 'Flag', 'Variable', 'Default', 'Meaning'],
      settingsTable().map(({ name, flag, env, default: initial, description }) => [
        code(name),
        code(flag),
        code(env),
        initial === '' ? '' : code(initial),
        description,
      ]),
    ),
  ])
}

function entitiesPage(): string {
  return page('Entities', [
    'The entities of a declarative file besides those that plugins bring. Names, fields, defaults and ranges are those of Kong. ' +
      'A reference to another entity may be written as its name or its id. ' +
      `Each entity may also have ${codes(commonFields)}; an absent id is derived from the name where there is one, so that it stays the same from one load to the next.`,
    ...coreEntities.flatMap(({ name, schema, references = {} }) => [
      `## ${name}`,
      ...Object.entries(references).map(
        ([field, { entity, nestedAs, required }]) =>
          `${code(field)} refers to one of ${code(entity)}${required ? ', and must be set' : ''}; nested in it under ${code(nestedAs ?? name)}.`,
      ),
      fieldTable(fieldsOf(schema, new Set([...commonFields, ...Object.keys(references)]))),
    ]),
  ])
}

function providersPage(): string {
  return page('Providers', [
    'Where models are served. `ai-proxy` names one in `model.provider`; `ai-model-router` names several in `providers`. ' +
      'Formats are what the provider itself speaks; a client may speak another one, and is translated for. ' +
      'Operations are those that the provider has an address for.',
    table(
      ['Provider', 'Base URL', 'Formats', 'Operations', 'Key from', 'Address from'],
      [...providers.values()].map(({ name, title, baseUrl, formats, paths, env, local }) => [
        `${code(name)} (${title})`,
        baseUrlCell(baseUrl, local !== undefined),
        codes(formats),
        codes(Object.keys(paths)),
        codes([...(env?.key === undefined ? [] : [env.key]), ...(env?.auth ?? []).map(({ variable }) => variable)]),
        env?.baseUrl === undefined ? '' : code(env.baseUrl),
      ]),
    ),
    'The last two columns are the environment variables that a start without a configuration looks at. ' +
      'A provider with a key is served once that variable is set, and the address may be another one by the second variable. ' +
      'A provider without an address or a key of its own, as `vllm` and `ollama`, is served once the second variable is set. ' +
      'An address may end with `/v1` or not, and may lack scheme and port.',
  ])
}

function baseUrlCell(baseUrl: ProviderDefinition['baseUrl'], local: boolean): string {
  if (typeof baseUrl === 'string') return code(baseUrl)
  if (baseUrl !== undefined) return 'depends on `options`'
  return local ? 'none: it is built in' : 'none: set `upstream_url`'
}

function phasesPage(): string {
  const blocks = Object.entries(phasesOf).flatMap(([namespace, functions]) => {
    const path = namespace.replace(/^service(Request|Response)$/, (_, part: string) => `service.${part.toLowerCase()}`)
    const rows = Object.entries(functions).map(([name, allowed]: [string, readonly string[]]) => [
      code(name),
      ...phases.map((phase) => (allowed.includes(phase) ? 'yes' : '')),
    ])
    return [`## kong.${path}`, table(['Function', ...phases], rows)]
  })
  return page('Phases', [
    'Which function of the PDK a plugin may call in which phase. A call that a phase does not offer does not compile; ' +
      'a plugin in JavaScript that makes it all the same gets the error `TOLL_PDK_WRONG_PHASE`. ' +
      'What the functions take and return stands in [src/pdk/api.ts](../../src/pdk/api.ts).',
    `The phases, in the order in which they run: ${codes(phases)}.`,
    ...blocks,
  ])
}

function errorsPage(): string {
  return page('Errors', [
    'Every error that the gateway itself answers with. The client gets the status and the message, in the format that it speaks; ' +
      '`{name}` is filled in. The code is what a plugin throws, as in `throw new TollError(...)`, and what the source can be searched for. ' +
      'Of codes that begin with `TOLL_PDK` the client is told only that an unexpected error occurred.',
    table(
      ['Code', 'Status', 'Message'],
      Object.entries(errors).map(([name, { status, message }]) => [code(name), String(status), message]),
    ),
  ])
}
