/** What the main thread asks of its workers, and what they answer. */

import type { MessagePort } from 'node:worker_threads'
import type { UpstreamReport, WorkerStatus } from '../admin/context.ts'
import type { Settings } from '../settings/index.ts'
import type { PlainConfig } from './plain-config.ts'

export interface WorkerSetup {
  readonly settings: Settings
  readonly version: string
  readonly nodeId: string
  readonly counters: SharedArrayBuffer
  readonly env: NodeJS.ProcessEnv
}

interface Questions {
  listen: object
  apply: { readonly config: PlainConfig }
  status: object
  metrics: object
  upstreamHealth: { readonly name: string }
  setTargetHealth: {
    readonly upstream: string
    readonly target: string
    readonly healthy: boolean
    readonly address: string | undefined
  }
  close: { readonly milliseconds: number }
}

export interface Answers {
  listen: readonly string[]
  apply: undefined
  status: readonly WorkerStatus[]
  metrics: readonly object[]
  upstreamHealth: UpstreamReport | null
  setTargetHealth: boolean
  close: undefined
}

export type Ask<Name extends keyof Questions> = { readonly ask: Name } & Questions[Name]
export type AnyAsk = { [Name in keyof Questions]: Ask<Name> }[keyof Questions]
export type ToWorker = { readonly reply: MessagePort } & AnyAsk

export type Answer<Name extends keyof Answers> = { readonly value: Answers[Name] } | { readonly error: string }
