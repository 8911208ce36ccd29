/** In which phase each function of the PDK may be called: the one table behind the types and the run-time guard. */

import type { Api } from './api.ts'
import { phases as everywhere, type Phase } from './phases.ts'

const routed = [
  'access',
  'chatRequest',
  'response',
  'headerFilter',
  'bodyFilter',
  'chatEvents',
  'chatDone',
  'log',
] as const
const body = ['rewrite', 'access', 'response'] as const
const answered = ['response', 'headerFilter', 'bodyFilter', 'log'] as const
const answering = ['rewrite', 'access', 'chatRequest', 'response', 'headerFilter'] as const
const ending = ['rewrite', 'access', 'chatRequest', 'response'] as const
const sending = ['rewrite', 'access'] as const

export const phasesOf = {
  request: {
    getId: everywhere,
    getScheme: everywhere,
    getHost: everywhere,
    getPort: everywhere,
    getForwardedScheme: everywhere,
    getForwardedHost: everywhere,
    getForwardedPort: everywhere,
    getForwardedPath: everywhere,
    getForwardedPrefix: everywhere,
    getHttpVersion: everywhere,
    getMethod: everywhere,
    getPath: everywhere,
    getRawPath: everywhere,
    getPathWithQuery: everywhere,
    getRawQuery: everywhere,
    getQueryArg: everywhere,
    getQuery: everywhere,
    getHeader: everywhere,
    getHeaders: everywhere,
    getHeaderValues: everywhere,
    getStartTime: everywhere,
    getUriCaptures: routed,
    getRawBody: body,
    getBody: body,
  },
  client: {
    getIp: everywhere,
    getForwardedIp: everywhere,
    getPort: everywhere,
    getConnection: everywhere,
    getCredential: routed,
    getConsumer: routed,
    getConsumerGroups: routed,
    loadConsumer: routed,
    authenticate: ['access'],
  },
  response: {
    getStatus: answered,
    getHeader: answered,
    getHeaders: answered,
    getSource: answered,
    setStatus: answering,
    setHeader: answering,
    addHeader: answering,
    clearHeader: answering,
    setHeaders: answering,
    exit: ending,
    error: ending,
  },
  service: {
    setUpstream: ['access'],
    setTarget: sending,
    setTimeouts: ['access'],
    setRetries: ['access'],
    setCall: ['access'],
  },
  serviceRequest: {
    setScheme: sending,
    setPath: sending,
    getRawQuery: sending,
    getQuery: sending,
    setRawQuery: sending,
    setQuery: sending,
    setMethod: sending,
    getHeader: sending,
    setHeader: sending,
    addHeader: sending,
    clearHeader: sending,
    setHeaders: sending,
    getHeaderValues: sending,
    getRawBody: sending,
    setRawBody: sending,
  },
  serviceResponse: {
    getStatus: answered,
    getHeader: answered,
    getHeaders: answered,
    getRawBody: ['response'],
  },
  router: { getRoute: routed, getService: routed },
  log: {
    debug: everywhere,
    info: everywhere,
    notice: everywhere,
    warn: everywhere,
    err: everywhere,
    setSerializeValue: everywhere,
    serialize: ['log'],
    measure: ['log'],
  },
  ctx: { getShared: everywhere, setShared: everywhere },
  entities: { find: everywhere, referring: everywhere },
  plugin: { getId: everywhere, getScope: everywhere },
  node: {
    getId: everywhere,
    getHostname: everywhere,
    count: everywhere,
    readCount: everywhere,
    getLog: everywhere,
    getResources: everywhere,
  },
  llm: { getRecord: routed, setRecord: ['access'] },
} as const satisfies { [Namespace in keyof Api]: { [Name in keyof Api[Namespace]]: readonly Phase[] } }

type PhasesOf = typeof phasesOf

/** The functions of a namespace that a phase offers. */
type Offered<Namespace extends keyof Api, P extends Phase> = {
  readonly [Name in keyof Api[Namespace] as P extends AllowedIn<Namespace, Name> ? Name : never]: Api[Namespace][Name]
}

type AllowedIn<Namespace extends keyof Api, Name extends keyof Api[Namespace]> = Name extends keyof PhasesOf[Namespace]
  ? PhasesOf[Namespace][Name] extends readonly (infer Allowed)[]
    ? Allowed
    : never
  : never

/** What a plugin holds in a phase: a call that the phase does not offer does not compile. */
export interface PdkOf<P extends Phase> {
  readonly request: Offered<'request', P>
  readonly client: Offered<'client', P>
  readonly response: Offered<'response', P>
  readonly service: Offered<'service', P> & {
    readonly request: Offered<'serviceRequest', P>
    readonly response: Offered<'serviceResponse', P>
  }
  readonly router: Offered<'router', P>
  readonly log: Offered<'log', P>
  readonly ctx: Offered<'ctx', P>
  readonly entities: Offered<'entities', P>
  readonly plugin: Offered<'plugin', P>
  readonly node: Offered<'node', P>
  readonly llm: Offered<'llm', P>
}
