/** Whose address counts as the client's. */

import { describe, expect, it } from 'vitest'
import { startRoute } from './support.ts'

async function clientIp(settings: Record<string, string>, headers: Record<string, string>): Promise<string> {
  const gateway = await startRoute({ settings })
  const answer = await gateway.request({ headers })
  expect(answer.status).toBe(200)
  expect((await gateway.record()).client_ip).toBe(gateway.seen[0]?.headers['x-real-ip'])
  return String(gateway.seen[0]?.headers['x-real-ip'])
}

const local = { trusted_ips: '127.0.0.1,10.0.0.0/8,2001:db8::/32' }
const forwarded = { ...local, real_ip_header: 'X-Forwarded-For' }
const recursive = { ...forwarded, real_ip_recursive: 'on' }

describe('the client’s address', () => {
  it.each([
    ['is the connection’s where nobody is trusted', { real_ip_header: 'X-Real-IP' }, '1.2.3.4', '127.0.0.1'],
    ['is told by a trusted proxy', local, '1.2.3.4', '1.2.3.4'],
    ['is the connection’s where the header is none', local, 'nobody', '127.0.0.1'],
    ['may be of IPv6', local, '2001:db9::1', '2001:db9::1'],
    ['may be mapped', local, '::ffff:1.2.3.4', '1.2.3.4'],
    ['may have a port', local, '1.2.3.4:5678', '1.2.3.4'],
    ['may be in brackets with a port', local, '[2001:db9::1]:5678', '2001:db9::1'],
    ['is no word of hexadecimal digits', local, 'abc', '127.0.0.1'],
  ])('%s', async (_, settings, sent, found) => {
    expect(await clientIp(settings, { 'x-real-ip': sent })).toBe(found)
  })

  it.each([
    ['the last one', forwarded, '1.1.1.1, 2.2.2.2', '2.2.2.2'],
    ['the last one, trusted or not', forwarded, '1.1.1.1, 10.1.1.1', '10.1.1.1'],
    ['recursively the last that is not trusted', recursive, '1.1.1.1, 2.2.2.2, 10.1.1.1', '2.2.2.2'],
    ['recursively the first where all are trusted', recursive, '10.0.0.1, 10.1.1.1', '10.0.0.1'],
    ['recursively with a port and IPv6', recursive, '3.3.3.3:80, [2001:db8::1]:443, 10.1.1.1:99', '3.3.3.3'],
    ['recursively up to what is no address', recursive, '1.1.1.1, abc, 10.1.1.1', '10.1.1.1'],
    ['recursively up to what is empty', recursive, '1.1.1.1, , 10.1.1.1', '10.1.1.1'],
  ])('of a list is %s', async (_, settings, sent, found) => {
    expect(await clientIp(settings, { 'x-forwarded-for': sent })).toBe(found)
  })
})
