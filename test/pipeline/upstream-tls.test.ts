/** Services over TLS: what is verified, and with which certificates. */

import { createServer } from 'node:https'
import { TLSSocket } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { certificatePair } from '../entities/certificates.ts'
import { listenLocally, portOf } from '../support/listen-locally.ts'
import { certificate, intermediate, privateKey, root } from '../upstream/certificates.ts'
import { startRoute } from './support.ts'

const authority = '2b4c4b1e-1d3f-4d4e-9c0a-5a7d0a6a3a10'
const client = '2b4c4b1e-1d3f-4d4e-9c0a-5a7d0a6a3a11'

/** A service that answers with the name of the client's certificate and the name it was asked for. */
async function start(service: object, settings: Record<string, string> = {}) {
  const options = { cert: certificate + intermediate, key: privateKey, requestCert: true, rejectUnauthorized: false }
  const server = createServer(options, ({ socket, headers }, outgoing) => {
    if (!(socket instanceof TLSSocket)) throw new TypeError('no TLS')
    const name = socket.getPeerCertificate().subject?.CN
    outgoing.end(JSON.stringify({ client: name ?? null, servername: socket.servername, host: headers.host }))
  })
  await listenLocally(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return startRoute({
    settings,
    service: { url: `https://127.0.0.1:${portOf(server)}`, retries: 0, ...service },
    entities: () => ({
      ca_certificates: [{ id: authority, cert: root }],
      certificates: [{ id: client, ...certificatePair }],
      upstreams: [
        { name: 'pool.test', host_header: 'upstream.test:444', targets: [{ target: `127.0.0.1:${portOf(server)}` }] },
      ],
    }),
  })
}

it('is not trusted with a certificate of nobody known, unless nothing is verified', async () => {
  const strict = await start({ tls_verify: true })
  const answer = await strict.request()
  expect(answer.status).toBe(502)
  expect(answer.json()).toMatchObject({ message: expect.stringContaining('certificate') })
  const lax = await start({ tls_verify: false })
  expect((await lax.request()).status).toBe(200)
  const byDefault = await start({}, { tls_certificate_verify: 'off' })
  expect((await byDefault.request()).status).toBe(200)
})

it('is trusted with the authorities of the service, and sees its client certificate', async () => {
  const gateway = await start({ tls_verify: true, ca_certificates: [authority], client_certificate: { id: client } })
  const answer = await gateway.request()
  expect(answer.status).toBe(200)
  expect(answer.json()).toMatchObject({ client: 'ec.test' })
  // The second request finds the connection of the first.
  expect((await gateway.request()).json()).toMatchObject({ client: 'ec.test' })
})

it('is asked for by the name that the upstream says', async () => {
  const gateway = await start({ url: 'https://pool.test', tls_verify: true, ca_certificates: [authority] })
  const answer = await gateway.request()
  expect(answer.json()).toMatchObject({ servername: 'upstream.test', host: 'upstream.test:444' })
})
