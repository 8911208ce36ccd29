/** What the tests of the pipeline share: a gateway that ends with its test, and one route before the echoing upstream. */

import { onTestFinished } from 'vitest'
import { type AnyPlugin, definePlugin, type LogPdk, z } from '../../src/pdk/index.ts'
import { bundledPlugins } from '../../src/plugins/index.ts'
import { createTestGateway, type TestGateway, type TestGatewayOptions } from '../../src/testing/index.ts'
import { waitFor } from '../support/wait-for.ts'

export interface RouteOptions extends Omit<TestGatewayOptions, 'config' | 'plugins'> {
  readonly route?: object
  /** Absent: at the upstream's address. */
  readonly service?: object | ((upstreamUrl: string) => object)
  readonly plugins?: readonly AnyPlugin[]
  /** Other entities. */
  readonly entities?: (upstream: { upstreamUrl: string; upstreamPort: number }) => object
}

export interface Logged extends TestGateway {
  /** The log record of the next exchange that is over. */
  record(): Promise<Record<string, unknown>>
}

export async function startRoute(options: RouteOptions = {}): Promise<Logged> {
  const { route, service, plugins = [], entities, ...more } = options
  const records: Record<string, unknown>[] = []
  const recorder = definePlugin({
    name: 'recorder',
    priority: -1,
    config: z.object({}),
    log: (kong: LogPdk) => void records.push(kong.log.serialize()),
  })
  const gateway = await createTestGateway({
    ...more,
    plugins: [...bundledPlugins, ...plugins, recorder],
    config: (upstream) => ({
      _format_version: '3.0',
      services: [
        {
          name: 's',
          url: upstream.upstreamUrl,
          ...(typeof service === 'function' ? service(upstream.upstreamUrl) : service),
          routes: [{ name: 'r', paths: ['/'], ...route }],
        },
      ],
      plugins: [{ name: 'recorder' }, ...plugins.map(({ name }) => ({ name }))],
      ...entities?.(upstream),
    }),
  })
  onTestFinished(() => gateway.close())
  return { ...gateway, record: () => waitFor(() => records.shift(), { what: 'a log record' }) }
}
