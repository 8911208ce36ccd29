/** What `ssl` listeners need of the other settings. */

import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/settings/index.ts'

const read = (argv: string[]) => readSettings({ argv, env: {}, readFile: () => '' })

describe('an ssl listener', () => {
  it.each(['admin-listen', 'status-listen'])('of %s is refused without a certificate', (flag) => {
    const result = read([`--${flag}`, '127.0.0.1:0 ssl'])
    expect(result).toMatchObject({
      ok: false,
      problems: [expect.stringContaining('an ssl listener needs a certificate; set ssl_cert and ssl_cert_key')],
    })
  })

  it('for clients may rely on the certificates of the configuration, and says so', () => {
    const result = read(['--proxy-listen', '0.0.0.0:8443 ssl'])
    expect(result).toMatchObject({
      ok: true,
      warnings: [expect.stringContaining('only server names that have a certificate in the configuration')],
    })
  })

  it('is fine with a certificate', () => {
    const result = read(['--admin-listen', '127.0.0.1:0 ssl', '--ssl-cert', 'a.pem', '--ssl-cert-key', 'a.key'])
    expect(result.ok && result.warnings).toEqual([])
  })
})

describe('a key given as a text', () => {
  it('is taken as the value of its flag, and never printed as a flag of its own', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMIIsecret\n-----END PRIVATE KEY-----'
    const good = read(['--ssl-cert', 'a.pem', '--ssl-cert-key', pem])
    expect(good.ok && good.settings.ssl_cert_key).toEqual([pem])
    const bad = read(['--ssl-cert-kee', pem])
    expect(bad.ok).toBe(false)
    expect(JSON.stringify(bad)).not.toContain('MIIsecret')
  })
})
