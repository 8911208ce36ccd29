import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Chunking, chunkBytes } from './chunk-bytes.ts'
import { freePort } from './free-port.ts'
import { startGateway } from './process.ts'
import { startRedis } from './redis.ts'
import { tempDir } from './temp-dir.ts'
import { waitFor } from './wait-for.ts'

describe('chunks', () => {
  const cut = (text: string, chunking: Chunking) =>
    chunkBytes(Buffer.from(text, 'latin1'), chunking).map((chunk) => Buffer.from(chunk).toString('latin1'))

  test.each<[Chunking, string, string[]]>([
    ['whole', 'a\n\nb', ['a\n\nb']],
    ['whole', '', []],
    ['event', 'a\n\nb\r\n\r\nc', ['a\n\n', 'b\r\n\r\n', 'c']],
    ['event', '{}\n{}\n', ['{}\n', '{}\n']],
    ['byte', 'abc', ['a', 'b', 'c']],
    ['utf8', 'a\xc3\xa9\xf0\x9f\x98\x80b', ['a\xc3', '\xa9\xf0', '\x9f\x98\x80b']],
    ['crlf', 'a\r\n\r\nb\n\nc\n', ['a\r', '\n', '\r', '\nb\n', '\nc\n']],
    ['frame', '\0\0\0\x10aaaaaaaaaaaa\0\0\0\x11bbbbbbbbbbbbb', ['\0\0\0\x10aaaaaaaaaaaa', '\0\0\0\x11bbbbbbbbbbbbb']],
  ])('%j of %j are %j', (chunking, text, chunks) => {
    expect(cut(text, chunking)).toEqual(chunks)
  })

  test('at random depend on the seed alone and lose nothing', () => {
    const text = 'x'.repeat(5000)
    expect(cut(text, { random: 7 })).toEqual(cut(text, { random: 7 }))
    expect(cut(text, { random: 7 })).not.toEqual(cut(text, { random: 8 }))
    expect(cut(text, { random: 7 }).join('')).toBe(text)
    expect(cut(text, { random: 0 }).some((chunk) => chunk.length === 1)).toBe(true)
  })

  test('of what is no event stream are refused', () => {
    expect(() => cut('\0\0\0\x01', 'frame')).toThrow('no event stream frame at byte 0')
  })
})

describe('waitFor', () => {
  test('resolves with the first truthy value', async () => {
    let asked = 0
    expect(await waitFor(() => ++asked > 30 && 'yes')).toBe('yes')
    expect(await waitFor(async () => 7)).toBe(7)
  })

  test('asks again after an error, and tells the last one', async () => {
    let asked = 0
    const failing = () => {
      if (++asked < 3) throw new Error('not yet')
      return asked
    }
    expect(await waitFor(failing)).toBe(3)
    const never = waitFor(() => Promise.reject(new Error('never')), { timeout: 5, what: 'a miracle' })
    await expect(never).rejects.toMatchObject({ message: 'waited 5 ms for a miracle', cause: { message: 'never' } })
    await expect(waitFor(() => 0, { timeout: 0 })).rejects.toThrow('waited 0 ms')
  })
})

test('a temporary folder is gone once removed', () => {
  const folder = tempDir()
  writeFileSync(join(folder.path, 'a'), 'a')
  folder.remove()
  folder.remove()
  expect(existsSync(folder.path)).toBe(false)
})

test('a process that is killed leaves no folder and no child', async () => {
  const reaper = JSON.stringify(new URL('./reaper.ts', import.meta.url).href)
  const folder = tempDir()
  const code = `
    const { spawn } = await import('node:child_process')
    const { reapAtEnd } = await import(${reaper})
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
    reapAtEnd({ pid: child.pid, folder: ${JSON.stringify(folder.path)} })
    console.log('running')
    setInterval(() => {}, 1000)
  `
  const dying = spawn(process.execPath, ['--input-type=module', '-e', code])
  await once(dying.stdout, 'data')
  dying.kill('SIGKILL')
  // Its output closes only when its child, which shares it, is gone too.
  await once(dying, 'close')
  await waitFor(() => !existsSync(folder.path))
  expect(dying.signalCode).toBe('SIGKILL')
  folder.remove()
})

test('a free port can be listened on', async () => {
  expect(await freePort()).toBeGreaterThan(1023)
})

test('two Redis servers answer side by side, and are gone once stopped', { timeout: 180_000 }, async () => {
  const [one, two] = await Promise.all([startRedis(), startRedis()])
  expect(one.port).not.toBe(two.port)
  const socket = createConnection(one.port, '127.0.0.1')
  socket.write('PING\r\n')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toBe('+PONG\r\n')
  socket.destroy()
  await Promise.all([one.stop(), two.stop()])
  const refused = createConnection(one.port, '127.0.0.1')
  await expect(once(refused, 'connect')).rejects.toThrow('ECONNREFUSED')
})

describe('startGateway', () => {
  const folder = tempDir()
  const program = (code: string) => {
    const path = join(folder.path, `${Math.random()}.mjs`)
    writeFileSync(path, code)
    return path
  }

  test('waits for the ready line, and stops the process', async () => {
    const gateway = await startGateway({
      config: 'services: []\n',
      env: { EXTRA: 'extra' },
      args: ['--flag'],
      program: program(`
        console.log('noise')
        console.log(JSON.stringify({ ready: true, proxy: [process.env.EXTRA], admin: process.argv.slice(2), status: [], pid: process.pid }))
        console.error(process.env.TOLLGATE_PROXY_LISTEN)
        process.on('SIGTERM', () => process.exit(3))
        setInterval(() => {}, 1000)
      `),
    })
    expect(gateway).toMatchObject({ proxy: ['extra'], admin: ['start', '--flag'] })
    expect(readFileSync(gateway.configPath, 'utf8')).toBe('services: []\n')
    await waitFor(() => gateway.stderr().includes('127.0.0.1:0'))
    expect(gateway.stdout()).toContain('noise')
    expect(await gateway.stop()).toBe(3)
    expect(existsSync(gateway.configPath)).toBe(false)
  })

  test('tells what a process printed that ends too early, or is late', async () => {
    const early = startGateway({ program: program('console.error("bad settings"); process.exit(2)') })
    await expect(early).rejects.toThrow('ended with 2 before it was ready\nbad settings')
    const late = startGateway({ program: program('setInterval(() => {}, 1000)'), timeout: 50 })
    await expect(late).rejects.toThrow('was not ready after 50 ms')
  })
})
