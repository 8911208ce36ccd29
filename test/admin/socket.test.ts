import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { maxBodySize } from '../../src/admin/body/content-type.ts'
import { HonoListener } from '../../src/server/hono-listener.ts'
import { createTestAdmin, type TestAdmin } from './support.ts'

let admin: TestAdmin
let listener: HonoListener
let url: URL
beforeEach(async () => {
  admin = await createTestAdmin(null)
  listener = new HonoListener(admin.app, { host: '127.0.0.1', port: 0, ssl: false })
  url = new URL(await listener.listen())
})
afterEach(() => listener.close())

/** The status of the answer to bytes as they are. */
function exchange(bytes: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(Number(url.port), url.hostname, () => socket.write(bytes))
    socket.setEncoding('latin1')
    socket.on('error', reject)
    socket.on('data', (text: string) => {
      received += text
      const status = /^HTTP\/1\.1 (\d{3}) .*\r\n\r\n/s.exec(received)?.[1]
      if (status === undefined) return
      resolve(Number(status))
      socket.destroy()
    })
  })
}

describe('over a socket', () => {
  test.each([
    ['GET /services HTTP/1.1', 'Host: localhost', 200],
    ['GET /services HTTP/1.1', 'Host: 127.0.0.1:8001', 200],
    ['GET /services HTTP/1.1', 'Host: [::1]:8001', 200],
    ['GET /services HTTP/1.1', 'Host: evil.test', 403],
    ['GET /services HTTP/1.1', 'Host: evil.test:8001', 403],
    ['GET http://evil.test/services HTTP/1.1', 'Host: localhost', 403],
    ['GET http://localhost/services HTTP/1.1', 'Host: evil.test', 403],
    ['OPTIONS /services HTTP/1.1', 'Host: localhost', 204],
    ['GET /nothing HTTP/1.1', 'Host: localhost', 404],
  ])('%s with %s gives %i', async (line, host, status) => {
    expect(await exchange(`${line}\r\n${host}\r\n\r\n`)).toBe(status)
  })

  test('a body is refused as soon as it says that it is too long', async () => {
    const head = [
      'POST /config HTTP/1.1',
      'Host: localhost',
      'Content-Type: text/yaml',
      `Content-Length: ${maxBodySize + 1}`,
    ]
    expect(await exchange(`${head.join('\r\n')}\r\n\r\nx`)).toBe(413)
  })

  test('a configuration arrives', async () => {
    const yaml = '_format_version: "3.0"\n'
    const head = [
      'POST /config HTTP/1.1',
      'Host: localhost',
      'Content-Type: text/yaml',
      `Content-Length: ${yaml.length}`,
    ]
    expect(await exchange(`${head.join('\r\n')}\r\n\r\n${yaml}`)).toBe(201)
    expect(admin.config()).not.toBeNull()
  })
})
