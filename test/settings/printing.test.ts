import { expect, test } from 'vitest'
import { readSettings, redactedSettings, settingsTable } from '../../src/settings/index.ts'

const readFile = () => ''

test('the table names every setting as flag, variable and default', () => {
  const rows = settingsTable()
  expect(rows[0]).toMatchObject({
    name: 'proxy_listen',
    flag: '--proxy-listen',
    env: 'TOLLGATE_PROXY_LISTEN',
    default: '0.0.0.0:8000',
  })
  expect(rows.filter((row) => row.description.length < 20)).toEqual([])
  expect(new Set(rows.map((row) => row.env)).size).toBe(rows.length)
})

test('the defaults of the table, written out as flags, are the defaults', () => {
  const argv = settingsTable()
    .filter((row) => row.default !== '')
    .flatMap((row) => [row.flag, row.default])
  const written = readSettings({ argv, env: {}, readFile })
  const unwritten = readSettings({ argv: [], env: {}, readFile })
  expect(written.ok && unwritten.ok && written.settings).toEqual(unwritten.ok && unwritten.settings)
})

test('printed settings hold no secret but keep vault references', () => {
  const argv = ['--admin-token=hunter2', '--ssl-cert=a.pem,b.pem', '--ssl-cert-key=PRIVATE,{vault://env/KEY}']
  const result = readSettings({ argv: [...argv, '--declarative-config-string={"key":"PRIVATE"}'], env: {}, readFile })
  if (!result.ok) throw new Error(result.problems.join('\n'))
  const printed = redactedSettings(result.settings)
  expect(JSON.stringify(printed)).not.toMatch(/hunter2|PRIVATE/)
  expect(printed).toMatchObject({
    admin_token: '<redacted>',
    ssl_cert_key: ['<redacted>', '{vault://env/KEY}'],
    ssl_cert: ['a.pem', 'b.pem'],
    log_level: 'notice',
  })
})

test('absent secrets are printed as absent', () => {
  const result = readSettings({ argv: [], env: {}, readFile })
  expect(result.ok && redactedSettings(result.settings)).toMatchObject({ admin_token: null, ssl_cert_key: [] })
})
