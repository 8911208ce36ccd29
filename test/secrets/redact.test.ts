import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Redactor } from '../../src/secrets/redact.ts'

function knowing(...secrets: string[]): Redactor {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.add(secret)
  return redactor
}

describe('redaction', () => {
  test('replaces every secret, wherever it stands', () => {
    const redactor = knowing('sk-abcdef', 'hunter22')
    expect(redactor.redact('sk-abcdef, "hunter22"; xhunter22')).toBe('REDACTED, "REDACTED"; xREDACTED')
    expect(redactor.redact('nothing of it')).toBe('nothing of it')
    expect(redactor.redact('sk-a')).toBe('sk-a')
  })

  test('takes the longest of secrets that start alike', () => {
    expect(knowing('secret', 'secret-and-more').redact('secret-and-more secret-and')).toBe('REDACTED REDACTED-and')
  })

  test('finds secrets that JSON or a URL has escaped', () => {
    const redactor = knowing('a"b\\c\nd/é')
    expect(redactor.redact(JSON.stringify({ key: 'a"b\\c\nd/é' }))).toBe('{"key":"REDACTED"}')
    expect(redactor.redact(`?key=${encodeURIComponent('a"b\\c\nd/é')}&x`)).toBe('?key=REDACTED&x')
  })

  test('leaves words of fewer than 6 characters alone', () => {
    const redactor = knowing('short')
    expect(redactor.redact('short')).toBe('short')
    expect(redactor.size).toBe(0)
  })

  test('forgets the secret that was added longest ago once there are too many', () => {
    const redactor = new Redactor(2)
    for (const secret of ['secret-1', 'secret-2', 'secret-1', 'secret-3']) redactor.add(secret)
    expect(redactor.size).toBe(2)
    expect(redactor.redact('secret-1 secret-2 secret-3')).toBe('REDACTED secret-2 REDACTED')
  })

  test('never lets a known secret through', () => {
    const secret = fc.string({ minLength: 6, maxLength: 12 })
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), fc.string(), (secrets, rest) => {
        const [first = ''] = secrets
        const clean = knowing(...secrets).redact(`${rest}\u0000${first}\u0000${rest}`)
        return !clean.includes(`\u0000${first}\u0000`)
      }),
      { numRuns: 200 },
    )
  })
})
