import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { run } from '../../src/cli/run.ts'
import { settingsText } from '../../src/cli/settings-text.ts'
import { version } from '../../src/cli/version.ts'
import { settingsTable } from '../../src/settings/index.ts'
import { tempDir } from '../support/temp-dir.ts'
import { waitFor } from '../support/wait-for.ts'

let out: string[]
let err: string[]
beforeEach(() => {
  out = []
  err = []
  vi.spyOn(console, 'log').mockImplementation((text) => void out.push(String(text)))
  vi.spyOn(console, 'error').mockImplementation((text) => void err.push(String(text)))
  for (const name of Object.keys(process.env)) {
    if (/_API_KEY$|_BASE_URL$|^OLLAMA_HOST$|^AWS_|^TOLLGATE_|^KONG_/.test(name)) vi.stubEnv(name, undefined)
  }
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

describe('the command line', () => {
  it.each([[[]], [['help']], [['--help']], [['-h']]])('explains itself for %j', async (argv) => {
    expect(await run(argv)).toBe(0)
    for (const command of ['tollgate start', 'tollgate check FILE', 'tollgate settings']) {
      expect(out.join('\n')).toContain(command)
    }
  })

  it.each([['version'], ['--version'], ['-v']])('prints the version for %s', async (argument) => {
    expect(await run([argument])).toBe(0)
    expect(out).toEqual([version])
    expect(version).toMatch(/^\d+\.\d+\.\d+/)
    expect(version).not.toBe('0.0.0')
  })

  it('refuses a command that it does not know', async () => {
    expect(await run(['serve'])).toBe(1)
    expect(err.join('\n')).toContain('there is no command "serve"')
    expect(err.join('\n')).toContain('tollgate start')
  })

  it('lists every setting with its flag and its variable', async () => {
    expect(await run(['settings'])).toBe(0)
    expect(out).toEqual([settingsText()])
    for (const { flag, env, description } of settingsTable()) {
      for (const part of [flag, env, description]) expect(out[0]).toContain(part)
    }
    expect(out[0]).toContain('--proxy-listen  TOLLGATE_PROXY_LISTEN')
  })

  it('checks a file', async () => {
    expect(await run(['check', 'none.yml'])).toBe(1)
    expect(err[0]).toContain('none.yml: ENOENT')
  })
})

const listen = ['--proxy-listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', '--status-listen', 'off']
const quietly = ['--log-level', 'error', '--nginx-worker-processes', '1']
const ready = z.object({ ready: z.literal(true), proxy: z.array(z.string()), admin: z.array(z.string()) })

/** Starts a gateway in this process; `stop` does what SIGTERM does. */
function begin(argv: readonly string[]) {
  const on = vi.spyOn(process, 'on')
  const serving = vi.fn()
  const done = run(['start', ...argv], serving)
  const stop = async () => {
    await waitFor(() => on.mock.calls.some(([event]) => event === 'SIGTERM'))
    const handlers = on.mock.calls.filter(([event]) => event === 'SIGTERM' || event === 'SIGINT')
    for (const [event, handler] of handlers) process.off(event, handler)
    handlers[0]?.[1]('SIGTERM')
    return done
  }
  return { stop, done, serving }
}

describe('tollgate start', () => {
  it('serves what the environment gives, says so, and stops when told to', async () => {
    const { stop, serving } = begin([...listen, ...quietly])
    const banner = await waitFor(() => out[0], { timeout: 20_000 })
    expect(serving).toHaveBeenCalledOnce()
    const url = /curl (\S+)/.exec(banner)?.[1] ?? ''
    const body = /-d '(.*)'/.exec(banner)?.[1] ?? ''
    const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(answer.statusCode).toBe(200)
    expect(await answer.body.text()).toContain('Hello!')
    expect(await stop()).toBe(0)
    expect(err).toEqual([])
  })

  it('tells a program where it listens, as JSON', async () => {
    const text = '_format_version: "3.0"\n'
    const { stop } = begin([...listen, ...quietly, '--ready-json', 'on', '--declarative-config-string', text])
    const line = ready.parse(JSON.parse(await waitFor(() => out[0], { timeout: 20_000 })))
    expect(line.proxy[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await request(`${line.admin[0]}/status`)).statusCode).toBe(200)
    expect(await stop()).toBe(0)
  })

  it('serves a file, and follows it', async () => {
    const folder = tempDir()
    const file = join(folder.path, 'kong.json')
    const answering = (status_code: number) =>
      JSON.stringify({
        _format_version: '3.0',
        routes: [{ name: 'r', paths: ['/'], plugins: [{ name: 'request-termination', config: { status_code } }] }],
      })
    writeFileSync(file, answering(418))
    const { stop } = begin([...listen, ...quietly, '--ready-json', 'on', '--config', file])
    const { proxy } = ready.parse(JSON.parse(await waitFor(() => out[0], { timeout: 20_000 })))
    const status = async () => (await request(proxy[0] ?? '')).statusCode
    expect(await status()).toBe(418)
    writeFileSync(file, answering(410))
    await waitFor(async () => (await status()) === 410)
    expect(await stop()).toBe(0)
    folder.remove()
  })

  it('refuses a configuration that is wrong, and one that cannot be read', async () => {
    const text = '_format_version: "3.0"\nretires: 1\n'
    expect(await begin([...listen, ...quietly, '--declarative-config-string', text]).done).toBe(1)
    expect(err[0]).toContain('declarative_config_string:2')
    expect(await begin([...listen, ...quietly, '--config', 'none.yml']).done).toBe(1)
    expect(err[1]).toMatch(/^tollgate: ENOENT.*none\.yml/)
  })

  it('refuses settings that are wrong, all of them at once', async () => {
    expect(await begin(['--proxy-listen', 'nowhere:x', '--log-level', 'loud']).done).toBe(1)
    expect(err.length).toBe(2)
    for (const line of err) expect(line).toMatch(/^tollgate: /)
  })

  it('refuses an address of the environment that is none', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'k')
    vi.stubEnv('OPENAI_BASE_URL', 'no address')
    expect(await begin([...listen, ...quietly]).done).toBe(1)
    expect(err).toEqual(['tollgate: OPENAI_BASE_URL is not an address such as https://api.openai.com'])
  })
})
