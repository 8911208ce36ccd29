/** Clients that leave before they have their answer. */

import { type ClientRequest, request } from 'node:http'
import { expect, it } from 'vitest'
import { definePlugin, z } from '../../src/pdk/index.ts'
import { Gate } from '../support/gate.ts'
import { type Reply, startReplayServer } from '../support/replay-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type RouteOptions, startRoute } from './support.ts'

async function start(reply: Reply, options: RouteOptions = {}) {
  const upstream = await startReplayServer(reply)
  const gateway = await startRoute({ ...options, service: { url: upstream.url } })
  const ask = (body = ''): ClientRequest => {
    const outgoing = request(gateway.url, { method: body === '' ? 'GET' : 'POST', agent: false })
    outgoing.on('error', () => undefined)
    outgoing.on('response', (incoming) => incoming.on('error', () => undefined))
    outgoing.end(body)
    return outgoing
  }
  return { upstream, gateway, ask }
}

const config = z.object({})

it('before the answer begins: the service is left too, and 499 is logged', async () => {
  const { upstream, gateway, ask } = await start({ headGate: new Gate() })
  const client = ask()
  const seen = await upstream.request(0)
  client.destroy()
  expect((await seen.outcome).how).toBe('aborted')
  expect(await gateway.record()).toMatchObject({ response: { status: 499 }, source: 'kong', upstream_status: '' })
  await upstream.close()
})

it('in the middle of the answer: the service is left too, and 499 is logged', async () => {
  const chunkGate = new Gate()
  const { upstream, gateway, ask } = await start({ body: 'abc', chunking: 'byte', chunkGate })
  const client = ask()
  chunkGate.release()
  const seen = await upstream.request(0)
  await new Promise((resolve) => client.on('response', (incoming) => incoming.once('data', resolve)))
  client.destroy()
  expect((await seen.outcome).how).toBe('aborted')
  expect(await gateway.record()).toMatchObject({
    response: { status: 499, size: 1 },
    source: 'upstream',
    upstream_status: '200',
  })
  await upstream.close()
})

it.each(['exit', 'go on'])('while a plugin works, which then wants to %s: no service is asked', async (how) => {
  const gate = new Gate()
  const slow = definePlugin({
    name: 'slow',
    priority: 1,
    config,
    async access(kong) {
      if (kong.request.getHeader('x-fast') !== undefined) return kong.response.exit(204)
      await gate.pass()
      if (how === 'exit') kong.response.exit(200, 'too late')
    },
  })
  const { upstream, gateway, ask } = await start({}, { plugins: [slow] })
  const client = ask()
  await waitFor(() => gate.waiting === 1)
  client.destroy()
  await new Promise((resolve) => client.once('close', resolve))
  // Once this one is answered, the gateway has seen the end of that one.
  await gateway.request({ headers: { 'x-fast': '1' } })
  await gateway.record()
  gate.open()
  const record = await gateway.record()
  expect(record).toMatchObject({ response: { status: 499 } })
  expect(upstream.requests).toEqual([])
  await upstream.close()
})

it('in the middle of a body that is to be read whole', async () => {
  const reader = definePlugin({
    name: 'reader',
    priority: 1,
    config,
    access: async (kong) => void (await kong.request.getRawBody()),
  })
  const { upstream, gateway } = await start({}, { plugins: [reader] })
  const client = request(gateway.url, { method: 'POST', headers: { 'content-length': 10 } })
  client.on('error', () => undefined)
  client.write('half')
  await waitFor(() => gateway.gateway.running === 1)
  client.destroy()
  expect(await gateway.record()).toMatchObject({ response: { status: 499 } })
  expect(upstream.requests).toEqual([])
  await upstream.close()
})

it('while pieces of a plugin’s answer come', async () => {
  const gate = new Gate()
  let ended = false
  async function* pieces() {
    try {
      for (;;) {
        yield 'piece'
        await gate.pass()
      }
    } finally {
      ended = true
    }
  }
  const streamer = definePlugin({
    name: 'streamer',
    priority: 1,
    config,
    access: (kong) => kong.response.exit(200, { pieces: pieces() }),
  })
  const { upstream, gateway, ask } = await start({}, { plugins: [streamer] })
  const client = ask()
  await new Promise((resolve) => client.on('response', (incoming) => incoming.once('data', resolve)))
  client.destroy()
  await new Promise((resolve) => client.once('close', resolve))
  // The generator runs on until its next piece finds nobody.
  await waitFor(() => {
    gate.release()
    return ended
  })
  expect(await gateway.record()).toMatchObject({ response: { status: 499 } })
  await upstream.close()
})
