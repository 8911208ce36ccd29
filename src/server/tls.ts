/** Certificates of `ssl` listeners: chosen by server name from the snapshot, else those of the settings. */

import { readFileSync } from 'node:fs'
import type { ServerOptions } from 'node:https'
import { createSecureContext, type SecureContext } from 'node:tls'
import { resolveReferences } from '../secrets/resolve.ts'
import type { Settings } from '../settings/index.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'

/** Throws where a certificate cannot be read. */
export function tlsOptions(settings: Settings, env: NodeJS.ProcessEnv, snapshot: () => Snapshot | null): ServerOptions {
  const contexts = new WeakMap<Snapshot, Map<string, SecureContext | null>>()
  return {
    cert: settings.ssl_cert.map((text) => pem(text, env)),
    key: settings.ssl_cert_key.map((text) => pem(text, env)),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name, callback) => {
      const current = snapshot()
      if (current === null) return callback(null)
      let known = contexts.get(current)
      if (known === undefined) {
        known = new Map()
        contexts.set(current, known)
      }
      try {
        const found = certificateFor(name.toLowerCase(), current, known)
        if (found === null) callback(null)
        else callback(null, found)
      } catch (error) {
        callback(error instanceof Error ? error : new Error('the certificate cannot be used'))
      }
    },
  }
}

/** The exact name, then wildcards, then `*`; only names of the snapshot are remembered. */
function certificateFor(
  name: string,
  snapshot: Snapshot,
  known: Map<string, SecureContext | null>,
): SecureContext | null {
  const dot = name.indexOf('.')
  const candidates = [name, `*${name.slice(dot)}`, `${name.slice(0, name.lastIndexOf('.'))}.*`, '*']
  for (const candidate of candidates) {
    const sni = snapshot.entities.set.snis.find((entity) => entity.name === candidate)
    if (sni === undefined) continue
    const made = known.get(candidate)
    if (made !== undefined) return made
    const certificate = snapshot.entities.set.certificates.find(({ id }) => id === sni.certificate.id)
    const context = certificate ? createSecureContext({ cert: certificate.cert, key: certificate.key }) : null
    known.set(candidate, context)
    return context
  }
  return null
}

/** A PEM text, a reference to one, or the path of a file that holds one. */
function pem(text: string, env: NodeJS.ProcessEnv): string {
  const { value } = resolveReferences(text, [], env)
  return value.startsWith('-----BEGIN') ? value : readFileSync(value, 'utf8')
}
