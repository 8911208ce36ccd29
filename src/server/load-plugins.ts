/** Gathers the plugins of a process: those that ship, and custom ones from files. */

import { readdirSync, statSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundledAiPlugins } from '../../ai-plugins/index.ts'
import type { AnyPlugin } from '../pdk/define-plugin.ts'
import { bundledPlugins } from '../plugins/index.ts'
import type { Settings } from '../settings/index.ts'
import { PluginRegistry } from '../snapshot/plugin-registry.ts'

/** All plugins that the settings allow. Throws, naming the file, where a custom plugin cannot be loaded. */
export async function loadRegistry(settings: Pick<Settings, 'plugins' | 'plugin_paths'>): Promise<PluginRegistry> {
  const bundled = [...bundledPlugins, ...bundledAiPlugins]
  const custom = await Promise.all(settings.plugin_paths.flatMap(pluginFiles).map(loadPlugin))
  const wanted = new Set(settings.plugins)
  // A custom plugin that is named by its path is meant to be used; the list only narrows what ships.
  const allowed = bundled.filter(({ name }) => wanted.has('bundled') || wanted.has(name))
  return new PluginRegistry([...allowed, ...custom])
}

function pluginFiles(path: string): string[] {
  const full = resolve(path)
  if (!statSync(full).isDirectory()) return [full]
  return readdirSync(full)
    .filter((name) => /\.[mc]?[jt]s$/.test(name) && !/\.(test|d)\.[mc]?ts$/.test(name))
    .sort()
    .map((name) => join(full, name))
}

/** Loads one file, TypeScript or JavaScript, whose default export is a plugin. */
export async function loadPlugin(file: string): Promise<AnyPlugin> {
  provideTollgate()
  const module: unknown = await import(pathToFileURL(file).href).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${file}: it cannot be loaded: ${reason}`, { cause })
  })
  const plugin = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  if (!isPlugin(plugin)) {
    throw new Error(
      `${file}: its default export is not a plugin; write \`export default definePlugin({ name, priority, config, ... })\``,
    )
  }
  return plugin
}

function isPlugin(value: unknown): value is AnyPlugin {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'priority' in value &&
    typeof value.priority === 'number' &&
    'config' in value &&
    typeof value.config === 'object' &&
    value.config !== null &&
    'safeParse' in value.config
  )
}

let provided = false

/** Lets a file outside this package import `tollgate`: there is one PDK in the process, this one. */
function provideTollgate(): void {
  if (provided) return
  provided = true
  const entry = new URL(import.meta.url.endsWith('.ts') ? '../pdk/index.ts' : '../pdk/index.js', import.meta.url).href
  registerHooks({
    resolve(specifier, context, next) {
      return specifier === 'tollgate' ? { url: entry, shortCircuit: true } : next(specifier, context)
    },
  })
}
