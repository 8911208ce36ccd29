import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, request } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Gateway } from '../support/process.ts'
import { type TempDir, tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'
import { at, startBuilt } from './support.ts'

/** Tells which thread has answered. */
const plugin = `
  import { threadId } from 'node:worker_threads'
  import { definePlugin, z } from 'tollgate'
  export default definePlugin({
    name: 'which-thread',
    priority: 1,
    config: z.strictObject({}),
    headerFilter(kong) {
      kong.response.setHeader('X-Thread', String(threadId))
    },
  })
`
const limit = 50
let gateway: Gateway
let folder: TempDir

beforeAll(async () => {
  folder = tempDir()
  const file = join(folder.path, 'which-thread.ts')
  writeFileSync(file, plugin)
  gateway = await startBuilt(
    {
      routes: [
        {
          name: 'fixed',
          paths: ['/limited'],
          plugins: [
            { name: 'rate-limiting', config: { minute: limit, policy: 'local', limit_by: 'ip' } },
            { name: 'request-termination', config: { status_code: 200 } },
          ],
        },
      ],
      plugins: [{ name: 'which-thread' }],
    },
    { env: { TOLLGATE_NGINX_WORKER_PROCESSES: '2', TOLLGATE_PLUGIN_PATHS: file } },
  )
})
afterAll(async () => {
  await gateway?.stop()
  folder?.remove()
})

it('two workers share one port and count requests together', { timeout: 60_000 }, async () => {
  expect(gateway.proxy).toHaveLength(1)
  const status = await (await request(`${gateway.admin[0]}/status`)).body.json()
  expect(at(status, 'memory', 'workers_lua_vms', 'length')).toBe(2)

  // All must fall into one minute, or two limits apply.
  await waitFor(() => new Date().getSeconds() < 50, { timeout: 15_000 })
  const answers = await Promise.all(Array.from({ length: 200 }, ask))
  const threads = new Set(answers.map(({ thread }) => thread))
  expect(threads.size).toBe(2)
  expect(answers.filter((answer) => answer.status === 200)).toHaveLength(limit)
  expect(answers.filter((answer) => answer.status === 429)).toHaveLength(200 - limit)
  const remaining = answers.filter((answer) => answer.status === 200).map((answer) => answer.remaining)
  expect(remaining.toSorted((a, b) => a - b)).toEqual(Array.from({ length: limit }, (_, index) => index))
})

/** On a connection of its own: it is connections that the system deals out to the workers. */
async function ask() {
  const client = new Client(gateway.proxy[0] ?? '')
  try {
    const { statusCode, headers, body } = await client.request({ method: 'GET', path: '/limited' })
    await body.dump()
    return {
      status: statusCode,
      thread: headers['x-thread'],
      remaining: Number(headers['x-ratelimit-remaining-minute']),
    }
  } finally {
    await client.close()
  }
}
