import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listenLocally, portOf } from '../support/listen-locally.ts'
import { tempDir } from '../support/temp-dir.ts'
import { runProgram } from './run-program.ts'

const folder = tempDir()
afterAll(() => folder.remove())

function file(name: string, text: string): string {
  const path = join(folder.path, name)
  writeFileSync(path, text)
  return path
}

async function done(args: readonly string[], options: Parameters<typeof runProgram>[1] = {}) {
  const run = runProgram(args, options)
  return { code: await run.exited, stdout: run.stdout(), stderr: run.stderr() }
}

describe('tollgate check', () => {
  const good = `_format_version: "3.0"
services:
- name: api
  url: http://127.0.0.1:9
  routes:
  - name: all
    paths: [/]
    plugins:
    - name: key-auth
`
  const bad = `_format_version: "3.0"
services:
- name: api
  url: http://127.0.0.1:9
  retires: 3
  routes:
  - name: all
    paths: [nowhere]
plugins:
- name: key-outh
- name: rate-limiting
  config:
    minute: many
`

  it('says that a good file is good', async () => {
    const path = file('good.yml', good)
    const { code, stdout, stderr } = await done(['check', path])
    expect(code).toBe(0)
    expect(stdout).toContain(`${path}: good`)
    expect(stdout).toContain('1 services, 1 routes')
    expect(stderr).toBe('')
  })

  it('tells all that is wrong at once, with lines', async () => {
    const path = file('bad.yml', bad)
    const { code, stdout, stderr } = await done(['check', path])
    expect(code).toBe(1)
    expect(stdout).toBe('')
    const places = stderr.match(/bad\.yml:\d+/g) ?? []
    expect([...new Set(places)].map((place) => Number(place.split(':')[1])).toSorted((a, b) => a - b)).toEqual([
      5, 8, 10, 13,
    ])
    expect(stderr).toContain('retires')
    expect(stderr).toContain('key-auth')
  })

  it('takes JSON, and a folder or a missing file for what they are', async () => {
    const { code } = await done([
      'check',
      file('good.json', '{"_format_version": "3.0", "routes": [{"paths": ["/"]}]}'),
    ])
    expect(code).toBe(0)
    for (const path of [join(folder.path, 'missing.yml'), folder.path]) {
      const refused = await done(['check', path])
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain(path)
      expect(refused.stderr).not.toMatch(/^\s+at /m)
    }
  })

  it('wants exactly one file', async () => {
    for (const args of [['check'], ['check', 'a.yml', 'b.yml']]) {
      const { code, stderr } = await done(args)
      expect(code).toBe(1)
      expect(stderr).toContain('takes one file')
    }
  })

  it('tells of a flag that it does not know', async () => {
    const { code, stderr } = await done(['check', '--strct', 'a.yml'])
    expect(code).toBe(1)
    expect(stderr).toContain('--strct')
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

describe('tollgate start', () => {
  it('refuses what `check` refuses, with the same lines', async () => {
    const path = file('refused.yml', '_format_version: "3.0"\nplugins:\n- name: key-outh\n')
    const { code, stdout, stderr } = await done(['start', '--config', path])
    expect(code).toBe(1)
    expect(stderr).toContain('refused.yml:3')
    expect(stdout).toBe('')
  })

  it('refuses a flag that it does not know, and names what was meant', async () => {
    const { code, stderr } = await done(['start', '--proxy-lsten', '127.0.0.1:0'])
    expect(code).toBe(1)
    expect(stderr).toContain('proxy-lsten')
    expect(stderr).toContain('proxy-listen')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('tells all settings that are wrong at once', async () => {
    const env = { TOLLGATE_LOG_LEVEL: 'loud', TOLLGATE_DRAIN_TIMEOUT: 'soon', TOLLGATE_PROXY_LISTEN: 'nowhere:x' }
    const { code, stderr } = await done(['start'], { env })
    expect(code).toBe(1)
    for (const name of Object.keys(env)) expect(stderr).toContain(name)
  })

  it('refuses to open the Admin API to others without a token', async () => {
    const { code, stderr } = await done(['start', '--admin-listen', '0.0.0.0:0', '--proxy-listen', '127.0.0.1:0'])
    expect(code).toBe(1)
    expect(stderr).toContain('admin_token')
  })

  it.each([
    ['proxy', '1'],
    ['proxy', '2'],
    ['admin', '1'],
    ['admin', '2'],
  ])('says so where the port of the %s listener is taken, and ends (%s workers)', async (taken, workers) => {
    const server = createServer()
    await listenLocally(server)
    const address = `127.0.0.1:${portOf(server)}`
    const env = {
      TOLLGATE_NGINX_WORKER_PROCESSES: workers,
      TOLLGATE_PROXY_LISTEN: '127.0.0.1:0',
      TOLLGATE_ADMIN_LISTEN: 'off',
      TOLLGATE_STATUS_LISTEN: 'off',
    }
    const { code, stderr } = await done(['start', `--${taken}-listen`, address], { env })
    await new Promise((resolve) => server.close(resolve))
    expect(code).toBe(1)
    expect(stderr).toContain(address)
    expect(stderr).toContain('EADDRINUSE')
  })

  it('refuses a file that is not there', async () => {
    const path = join(folder.path, 'missing.yml')
    const { code, stderr } = await done(['start', '--config', path])
    expect(code).toBe(1)
    expect(stderr).toContain(path)
  })
})

describe('tollgate', () => {
  it.each([[], ['help'], ['--help']])('explains itself (%s)', async (...args) => {
    const { code, stdout } = await done(args)
    expect(code).toBe(0)
    expect(stdout).toContain('tollgate start')
    expect(stdout).toContain('tollgate check FILE')
  })

  it('tells its version', async () => {
    const { code, stdout } = await done(['--version'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('lists its settings', async () => {
    const { code, stdout } = await done(['settings'])
    expect(code).toBe(0)
    expect(stdout).toContain('--proxy-listen  TOLLGATE_PROXY_LISTEN')
  })

  it('knows no other command', async () => {
    const { code, stderr } = await done(['strat'])
    expect(code).toBe(1)
    expect(stderr).toContain('there is no command "strat"')
  })

  it('tells an old Node that it is too old, and nothing else', async (context) => {
    const old = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path) && isOld(path))
    if (old === undefined) {
      console.log('skipped: there is no Node older than 22.19 in /usr/bin or /usr/local/bin')
      context.skip()
      return
    }
    const { code, stdout, stderr } = await done(['start'], { node: old })
    expect(code).toBe(1)
    expect(stderr.trim()).toMatch(/^tollgate needs Node 22\.19 or newer, and this is Node \d+\.\d+\.\d+$/)
    expect(stdout).toBe('')
  })
})

function isOld(node: string): boolean {
  const [major = 0, minor = 0] = execFileSync(node, ['--version']).toString().slice(1).split('.').map(Number)
  return major < 22 || (major === 22 && minor < 19)
}
