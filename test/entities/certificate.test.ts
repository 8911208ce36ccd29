import { describe, expect, test } from 'vitest'
import { authority, certificatePair, expiredAuthority, rsaPair } from './certificates.ts'
import { parsed, problems } from './parse.ts'

const reference = '{vault://env/pem}'

describe('a certificate', () => {
  test('is taken with its own key, with a pair of another type beside it, and as vault references', () => {
    expect(problems('certificates', certificatePair)).toEqual([])
    expect(problems('certificates', { ...certificatePair, cert_alt: rsaPair.cert, key_alt: rsaPair.key })).toEqual([])
    expect(
      problems('certificates', { cert: reference, key: reference, cert_alt: reference, key_alt: reference }),
    ).toEqual([])
    expect(problems('certificates', { cert: certificatePair.cert, key: reference })).toEqual([])
  })

  test.each([
    [{ cert: certificatePair.cert, key: rsaPair.key }, [': certificate does not match key']],
    [
      { cert: 'x', key: 'y' },
      [
        'cert: invalid certificate: no certificate in PEM can be read from it',
        'key: invalid key: no private key in PEM can be read from it',
      ],
    ],
    [{ cert: '', key: '' }, ['cert: length must be at least 1', 'key: length must be at least 1']],
    [
      { ...certificatePair, cert_alt: rsaPair.cert },
      [": all or none of these fields must be set: 'cert_alt', 'key_alt'"],
    ],
    [
      { ...certificatePair, cert_alt: rsaPair.cert, key_alt: authority.key },
      [
        ': alternative certificate does not match key',
        ': the certificate and its alternative need keys of different types, as RSA and ECDSA',
      ],
    ],
  ])('%# is refused', (fields, messages) => {
    expect(problems('certificates', fields)).toEqual(messages)
  })
})

describe('a certificate authority', () => {
  test('gets its digest', () => {
    expect(parsed('ca_certificates', { cert: authority.cert }).cert_digest).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each([
    [certificatePair.cert, 'certificate does not appear to be a CA because it is missing the "CA" basic constraint'],
    [expiredAuthority.cert, 'certificate expired, "Not After" time is in the past'],
    [authority.cert + authority.cert, 'please submit only one certificate at a time'],
    ['x', 'invalid certificate: no certificate in PEM can be read from it'],
  ])('%# is refused', (cert, message) => {
    expect(problems('ca_certificates', { cert })).toEqual([`cert: ${message}`])
  })
})

describe('a server name', () => {
  const certificate = { id: '11111111-2222-3333-4444-555555555555' }

  test.each(['a.test', '*.a.test', 'a.*'])('%s is taken', (name) => {
    expect(problems('snis', { name, certificate })).toEqual([])
  })

  test.each([
    ['*.a.*', 'only one wildcard must be specified'],
    ['1.2.3.4', 'must not be an IP'],
    ['a.test:80', 'must not have a port'],
    ['a.*.test', 'wildcard must be leftmost or rightmost character'],
    ['*.a b', 'invalid value: *.a b'],
    ['a b', 'invalid value: a b'],
  ])('%s is refused', (name, message) => {
    expect(problems('snis', { name, certificate })).toEqual([`name: ${message}`])
  })
})
