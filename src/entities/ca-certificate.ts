/** A certificate authority that services or plugins may trust. */

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { defineEntity } from './definition.ts'
import { checked, optional, tagged, text } from './fields.ts'
import { readCertificate } from './pem.ts'

const authority = checked((pem) => {
  const certificate = readCertificate(pem)
  if (certificate === null) return 'invalid certificate: no certificate in PEM can be read from it'
  if (pem.split('-----BEGIN CERTIFICATE-----').length > 2) return 'please submit only one certificate at a time'
  if (certificate.validToDate.getTime() < Date.now()) return 'certificate expired, "Not After" time is in the past'
  if (certificate.ca) return null
  return 'certificate does not appear to be a CA because it is missing the "CA" basic constraint'
})

const shape = z.strictObject({
  ...tagged,
  cert: authority,
  /** SHA-256 of the certificate in hex; made from it. */
  cert_digest: optional(text),
})

export type CaCertificate = z.infer<typeof shape>

export const caCertificates = defineEntity({
  name: 'ca_certificates',
  unique: ['cert_digest'],
  expand: addDigest,
  schema: shape,
})

function addDigest(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const certificate = typeof raw.cert === 'string' ? readCertificate(raw.cert) : null
  if (certificate === null) return { ...raw }
  return { ...raw, cert_digest: createHash('sha256').update(certificate.raw).digest('hex') }
}
