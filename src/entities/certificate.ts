/** A certificate and its key, for the listeners' TLS and for services that ask who calls. */

import { z } from 'zod'
import { allOrNone, anyReference, type Complain } from './checks.ts'
import { defineEntity } from './definition.ts'
import { checked, optional, tagged } from './fields.ts'
import { checkCertificate, checkKey, keyMatches, keyType } from './pem.ts'

const shape = z.strictObject({
  ...tagged,
  cert: checked(checkCertificate),
  key: checked(checkKey),
  /** A second pair with another type of key, as ECDSA beside RSA. */
  cert_alt: optional(checked(checkCertificate)),
  key_alt: optional(checked(checkKey)),
})

export type Certificate = z.infer<typeof shape>

function checkPairs(entity: Certificate, complain: Complain): void {
  allOrNone(entity, ['cert_alt', 'key_alt'], complain)
  if (!anyReference(entity.cert, entity.key) && !keyMatches(entity.cert, entity.key)) {
    complain([], 'certificate does not match key')
  }
  const { cert_alt: cert, key_alt: key } = entity
  if (cert === null || key === null || anyReference(cert, key)) return
  if (!keyMatches(cert, key)) complain([], 'alternative certificate does not match key')
  if (!anyReference(entity.key) && keyType(entity.key) === keyType(key)) {
    complain([], 'the certificate and its alternative need keys of different types, as RSA and ECDSA')
  }
}

export const certificates = defineEntity({
  name: 'certificates',
  secrets: ['key', 'key_alt'],
  schema: shape.superRefine((entity, context) => {
    checkPairs(entity, (path, message) => context.addIssue({ code: 'custom', path: [...path], message }))
  }),
})
