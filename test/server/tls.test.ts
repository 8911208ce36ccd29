/** `ssl` listeners: which certificate a client is shown. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type PeerCertificate } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SharedCounters } from '../../src/counters/shared-counters.ts'
import { Redactor } from '../../src/secrets/redact.ts'
import { LocalPlane } from '../../src/server/local-plane.ts'
import { tlsOptions } from '../../src/server/tls.ts'
import { certificatePair, rsaPair } from '../entities/certificates.ts'
import { tempDir } from '../support/temp-dir.ts'
import { configOf, get, listening, registry, settingsOf, terminating } from './support.ts'

async function start(config: object, overrides: Record<string, string>, env: NodeJS.ProcessEnv = {}) {
  const settings = settingsOf({ proxy_listen: '127.0.0.1:0 ssl', ...overrides })
  const { logger } = listening()
  const counters = SharedCounters.create({ slots: 16 })
  const redactor = new Redactor()
  const plane = new LocalPlane({ settings, registry, redactor, logger, counters, version: '1', env, shared: false })
  onTestFinished(() => plane.close(0))
  await plane.apply(configOf(config))
  const [url = ''] = await plane.listen()
  return { url, plane }
}

/** The name in the certificate that the server shows; empty where it shows none. */
function shown(url: string, servername: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      port: Number(new URL(url).port),
      host: '127.0.0.1',
      servername,
      rejectUnauthorized: false,
    })
    socket.on('secureConnect', () => {
      const certificate: PeerCertificate = socket.getPeerCertificate()
      const { CN } = certificate.subject
      resolve(typeof CN === 'string' ? CN : '')
      socket.destroy()
    })
    socket.on('error', () => resolve(''))
  })
}

const fallback = { ssl_cert: rsaPair.cert, ssl_cert_key: rsaPair.key }
const withSnis = (...snis: string[]) =>
  terminating('hello', { certificates: [{ ...certificatePair, snis: snis.map((name) => ({ name })) }] })

describe('the certificate', () => {
  it.each([
    [['api.test'], 'api.test', 'ec.test'],
    [['api.test'], 'API.test', 'ec.test'],
    [['api.test'], 'other.test', 'rsa.test'],
    [['*.test'], 'any.test', 'ec.test'],
    [['*.test'], 'very.deep.test', 'rsa.test'],
    [['api.*'], 'api.example', 'ec.test'],
    [['localhost'], 'localhost', 'ec.test'],
  ])('of an SNI %j for the name %s is that of %s', async (snis, name, expected) => {
    const { url } = await start(withSnis(...snis), fallback)
    expect(await shown(url, name)).toBe(expected)
    // The second handshake finds the context that the first one made.
    expect(await shown(url, name)).toBe(expected)
  })

  it('changes with the configuration', async () => {
    const { url, plane } = await start(withSnis('api.test'), fallback)
    expect(await shown(url, 'api.test')).toBe('ec.test')
    await plane.apply(configOf(terminating('hello')))
    expect(await shown(url, 'api.test')).toBe('rsa.test')
  })

  it('may come from files and from the environment', async () => {
    const folder = tempDir()
    onTestFinished(() => folder.remove())
    const file = join(folder.path, 'cert.pem')
    writeFileSync(file, rsaPair.cert)
    const { url } = await start(
      terminating('hello'),
      { ssl_cert: file, ssl_cert_key: '{vault://env/tls-key}' },
      { TLS_KEY: rsaPair.key },
    )
    expect(await shown(url, 'api.test')).toBe('rsa.test')
  })

  it('that is no certificate stops the start', () => {
    const settings = settingsOf({ ...fallback, ssl_cert: '/no/such/file.pem' })
    expect(() => tlsOptions(settings, {}, () => null)).toThrow('/no/such/file.pem')
  })

  it('is the settings’ as long as there is no configuration', async () => {
    const { SNICallback } = tlsOptions(settingsOf(fallback), {}, () => null)
    const answer = new Promise((resolve) => SNICallback?.('api.test', (...given) => resolve(given)))
    expect(await answer).toEqual([null])
  })
})

it('requests over TLS are served, logged as such and kept on HTTPS routes', async () => {
  const config = terminating('hello', {
    routes: [
      {
        name: 'r',
        protocols: ['https'],
        paths: ['/'],
        snis: ['api.test'],
        plugins: [{ name: 'request-termination', config: { status_code: 200, body: 'secure' } }],
      },
    ],
  })
  const { url } = await start(config, fallback)
  const tls = { rejectUnauthorized: false }
  const answer = await get(url, { ...tls, servername: 'api.test' })
  expect([answer.status, answer.text]).toEqual([200, 'secure'])
  expect((await get(url, { ...tls, servername: 'other.test' })).status).toBe(404)
})
