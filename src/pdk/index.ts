/** What a plugin's author imports: \`import { definePlugin, z } from 'tollgate'\`. */

export { z } from 'zod'
export { defineEntity, type EntityDefinition } from '../entities/definition.ts'
export { type ErrorCode, TollError } from '../errors/registry.ts'
export type { Credential, ExitBody, HeaderValue, HeaderValues, NodeLog } from './api.ts'
export * from './define-plugin.ts'
export { type Phase, phases } from './phases.ts'
export type { PdkOf } from './phases-of.ts'
export { PluginState } from './plugin-state.ts'
export { type Closable, ResourcePool, ResourceScope } from './resources.ts'
