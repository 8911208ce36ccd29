/** What can be said of certificates and keys in PEM. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { isReference } from '../secrets/reference.ts'
import type { TextCheck } from './text-checks.ts'

/** A chain in PEM, or a vault reference to one. */
export const checkCertificate: TextCheck = (text) => {
  if (isReference(text)) return null
  return readCertificate(text) === null ? 'invalid certificate: no certificate in PEM can be read from it' : null
}

/** A private key in PEM, or a vault reference to one. */
export const checkKey: TextCheck = (text) => {
  if (isReference(text)) return null
  return readKey(text) === null ? 'invalid key: no private key in PEM can be read from it' : null
}

/** Null where it cannot be read. */
export function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

/** Whether the key belongs to the first certificate; what cannot be read was complained of already. */
export function keyMatches(cert: string, key: string): boolean {
  const certificate = readCertificate(cert)
  const privateKey = readKey(key)
  return certificate === null || privateKey === null || certificate.checkPrivateKey(privateKey)
}

/** As `rsa` or `ec`. */
export function keyType(key: string): string | undefined {
  return readKey(key)?.asymmetricKeyType
}

function readKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem)
  } catch {
    return null
  }
}
