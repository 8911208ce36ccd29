/** The plugins that ship with the gateway; reading this list is reading what it can do. */

import type { AnyPlugin } from '../pdk/define-plugin.ts'

export const bundledPlugins: readonly AnyPlugin[] = []
