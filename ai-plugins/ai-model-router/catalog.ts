/** Which provider a model's name means, and which models there are. */

import { createHash } from 'node:crypto'
import { providers } from '../../providers/index.ts'
import { TollError } from '../../src/errors/registry.ts'
import { authConfig, modelConfig } from '../../src/llm/config.ts'
import { makeTarget, type Target } from '../../src/llm/target.ts'
import type { AccessPdk } from '../../src/pdk/define-plugin.ts'
import { ResourcePool } from '../../src/pdk/resources.ts'
import type { Config, ProviderConfig } from './config.ts'
import { ModelList } from './model-list.ts'

/** A model as OpenAI's clients read it and as Anthropic's do, in one object. */
export interface ListedModel {
  readonly id: string
  readonly object: 'model'
  readonly created: number
  readonly owned_by: string
  readonly type: 'model'
  readonly display_name: string
  /** RFC 3339; the epoch, since providers do not all tell it. */
  readonly created_at: string
}

interface Choice {
  readonly target: Target
  /** The model's name at the provider. */
  readonly model: string
}

interface Entry {
  readonly config: ProviderConfig
  readonly target: Target
  /** What makes two lists of models the same: the address and the credential, of which nothing is told. */
  readonly listKey: string
}

const catalogs = new WeakMap<Config, Catalog>()
const lists = new ResourcePool<ModelList>()

/** The catalog of a config, made once. */
export function catalogOf(config: Config): Catalog {
  let catalog = catalogs.get(config)
  if (catalog === undefined) {
    catalog = new Catalog(config.providers)
    catalogs.set(config, catalog)
  }
  return catalog
}

export class Catalog {
  readonly #entries: ReadonlyMap<string, Entry>

  constructor(configs: readonly ProviderConfig[]) {
    this.#entries = new Map(configs.map((config) => [config.name, entryOf(config)]))
  }

  /**
   * `provider/model` names both. A bare name goes to the one provider whose names look like it, else to the only
   * provider there is, else to the one that lists it. Throws TOLL_LLM_MODEL_AMBIGUOUS or TOLL_LLM_MODEL_UNKNOWN, with
   * what to write instead.
   */
  async choose(asked: string, kong: AccessPdk): Promise<Choice> {
    const slash = asked.indexOf('/')
    const named = slash > 0 ? this.#entries.get(asked.slice(0, slash)) : undefined
    if (named !== undefined) return { target: named.target, model: asked.slice(slash + 1) }
    const entries = [...this.#entries.values()]
    const alike = entries.filter(
      ({ config, target }) => config.models?.includes(asked) ?? target.provider.models?.test(asked),
    )
    const [only] = alike.length > 0 ? alike : entries
    if (only !== undefined && (alike.length === 1 || entries.length === 1)) return { target: only.target, model: asked }
    const listing = await this.#listing(asked, alike.length > 0 ? alike : entries, kong)
    const [found] = listing
    if (found !== undefined && listing.length === 1) return { target: found.target, model: asked }
    const candidates = listing.length > 1 ? listing : alike
    if (candidates.length > 0) {
      throw new TollError('TOLL_LLM_MODEL_AMBIGUOUS', { model: asked, hint: hint(asked, candidates) })
    }
    throw new TollError('TOLL_LLM_MODEL_UNKNOWN', { model: asked, hint: hint(asked, entries) })
  }

  /** A listed model by its id, or by the part after the provider where that means one. Throws TOLL_LLM_MODEL_UNKNOWN. */
  async find(id: string, kong: AccessPdk): Promise<ListedModel> {
    const models = await this.list(kong)
    const alike = models.filter((model) => model.id.slice(model.id.indexOf('/') + 1) === id)
    const found = models.find((model) => model.id === id) ?? (alike.length === 1 ? alike[0] : undefined)
    if (found !== undefined) return found
    throw new TollError('TOLL_LLM_MODEL_UNKNOWN', { model: id, hint: 'GET /v1/models lists them' })
  }

  /** Every model of every provider, as `provider/model`; a provider that does not answer is left out. */
  async list(kong: AccessPdk): Promise<ListedModel[]> {
    const all = await Promise.all(
      [...this.#entries.values()].map(async (entry) => {
        const names = await this.#names(entry, kong)
        return names.map(
          (name): ListedModel => ({
            id: `${entry.config.name}/${name}`,
            object: 'model',
            created: 0,
            owned_by: entry.config.name,
            type: 'model',
            display_name: name,
            created_at: '1970-01-01T00:00:00Z',
          }),
        )
      }),
    )
    return all.flat()
  }

  async #listing(asked: string, entries: readonly Entry[], kong: AccessPdk): Promise<Entry[]> {
    const listed = await Promise.all(entries.map(async (entry) => (await this.#names(entry, kong)).includes(asked)))
    return entries.filter((_, index) => listed[index])
  }

  #names({ config, target, listKey }: Entry, kong: AccessPdk): Promise<readonly string[]> | readonly string[] {
    if (config.models !== undefined) return config.models
    const { local } = target.provider
    if (local !== undefined) return local.models()
    return lists.get(kong.node.getResources(), listKey, () => new ModelList(target)).names()
  }
}

function hint(asked: string, entries: readonly Entry[]): string {
  return `write one of: ${entries.map(({ config }) => `${config.name}/${asked}`).join(', ')}`
}

function entryOf(config: ProviderConfig): Entry {
  const { name, key, upstream_url: url, options } = config
  const provider = providers.get(name)
  if (provider === undefined) throw new TypeError(`there is no provider ${name}`)
  const keyAuth =
    key === undefined || provider.auth === null
      ? {}
      : { header_name: provider.auth.header, header_value: provider.auth.prefix + key }
  const auth = config.auth ?? authConfig.parse(keyAuth)
  const model = modelConfig.parse({
    provider: name,
    options: { ...options, ...(url !== undefined && { upstream_url: url }) },
  })
  const listKey = createHash('sha256')
    .update(JSON.stringify([name, auth, model.options]))
    .digest('base64')
  return { config, target: makeTarget(provider, model, auth, 'base'), listKey }
}
