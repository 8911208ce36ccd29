/** Filters that throw while an answer passes through: whose fault it is, and who hears of it. */

import { describe, expect, it } from 'vitest'
import { type AnyPlugin, definePlugin, z } from '../../src/pdk/index.ts'
import { waitFor } from '../support/wait-for.ts'
import { startRoute } from './support.ts'

const config = z.object({})
const bug = () => {
  throw new Error('a bug of the plugin')
}

describe('an answer of the service', () => {
  it('whose header filter throws becomes an error, past the filter that would fail for it too', async () => {
    const plugin = definePlugin({ name: 'broken', priority: 1, config, headerFilter: bug })
    const gateway = await startRoute({ plugins: [plugin] })
    const answer = await gateway.request()
    expect(answer.status).toBe(500)
    expect(answer.json()).toMatchObject({ message: 'An unexpected error occurred', request_id: expect.any(String) })
    expect(answer.text).not.toContain('a bug')
    await waitFor(() => gateway.logs.some((line) => line.includes('a bug of the plugin')))
  })

  it.each([
    ['at once', (last: boolean) => !last],
    ['at the end', (last: boolean) => last],
  ])('whose body filter throws %s is cut, and the log says why', async (_, when) => {
    const plugin: AnyPlugin = definePlugin({
      name: 'broken',
      priority: 1,
      config,
      bodyFilter: (__, ___, piece, last) => (when(last) ? bug() : piece),
    })
    const gateway = await startRoute({ plugins: [plugin] })
    await expect(gateway.request()).rejects.toThrow()
    await waitFor(() => gateway.logs.some((line) => line.includes('a bug of the plugin') && line.includes('broken')))
  })

  it('with a header that no line can hold becomes an error', async () => {
    const plugin = definePlugin({
      name: 'broken',
      priority: 1,
      config,
      headerFilter: (kong) => kong.response.setHeader('x-name', '模型'),
    })
    const gateway = await startRoute({ plugins: [plugin] })
    expect((await gateway.request()).status).toBe(500)
    await waitFor(() => gateway.logs.some((line) => line.includes('cannot be sent')))
  })
})
