import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Client } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listenLocally, portOf } from '../support/listen-locally.ts'
import type { Gateway } from '../support/process.ts'
import { waitFor } from '../support/wait-for.ts'
import { startBuilt } from './support.ts'

const connections = 200
const rewrites = 50
/** So many of the rewrites come one upon the other. */
const burst = 10

let gateway: Gateway
const upstream = createServer((incoming, outgoing) => {
  incoming.resume()
  outgoing.end(`proxied ${incoming.headers['x-version']}`)
})

beforeEach(() => listenLocally(upstream))
afterEach(async () => {
  await gateway?.stop()
  upstream.closeAllConnections()
  await new Promise((resolve) => upstream.close(resolve))
})

/** Three plugins that each leave their mark, so that an answer shows of which configurations it is made. */
function versionConfig(version: number): object {
  const mark = { add: { headers: [`x-version:${version}`] } }
  const fixed = { status_code: 200, content_type: 'text/plain', body: `fixed ${version}` }
  return {
    services: [
      { name: 's', url: `http://127.0.0.1:${portOf(upstream)}`, routes: [{ name: 'proxied', paths: ['/proxied'] }] },
    ],
    routes: [{ name: 'fixed', paths: ['/fixed'], plugins: [{ name: 'request-termination', config: fixed }] }],
    plugins: [
      { name: 'request-transformer', config: mark },
      { name: 'response-transformer', config: mark },
    ],
  }
}

/** In place, as an editor may write it, or by renaming, as a deployment does. */
function rewrite(text: string, { inPlace }: { inPlace: boolean }): void {
  if (inPlace) writeFileSync(gateway.configPath, text)
  else {
    writeFileSync(`${gateway.configPath}.new`, text)
    renameSync(`${gateway.configPath}.new`, gateway.configPath)
  }
}

const textOf = (version: number) => JSON.stringify({ _format_version: '3.0', ...versionConfig(version) })

/** One connection that asks again and again; what is wrong with an answer goes into `faults`. */
class Caller {
  readonly faults: string[] = []
  connects = 0
  answers = 0
  newest = 0
  readonly #client = new Client(gateway.proxy[0] ?? '', { pipelining: 1 })
  readonly #done: Promise<void>
  #stopped = false

  constructor() {
    this.#client.on('connect', () => {
      this.connects += 1
    })
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#done
    await this.#client.destroy()
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn += 1) {
      const kind = turn % 2 === 0 ? 'proxied' : 'fixed'
      try {
        const { statusCode, headers, body } = await this.#client.request({ method: 'GET', path: `/${kind}` })
        this.#judge(kind, statusCode, String(headers['x-version']), await body.text())
      } catch (error) {
        this.faults.push(String(error))
      }
    }
  }

  #judge(kind: string, status: number, marked: string, text: string): void {
    const version = Number(marked)
    if (status !== 200) this.faults.push(`status ${status}`)
    if (text !== `${kind} ${marked}`) this.faults.push(`"${text}" under the mark ${marked}`)
    if (version < this.newest) this.faults.push(`${version} after ${this.newest}`)
    this.newest = Math.max(this.newest, version)
    this.answers += 1
  }
}

describe.each([1, 2])('with %d workers', (workers) => {
  const env = { TOLLGATE_NGINX_WORKER_PROCESSES: String(workers) }

  it('a file that is rewritten under load costs no request and mixes no answer', { timeout: 120_000 }, async () => {
    gateway = await startBuilt(versionConfig(0), { env })
    const callers = Array.from({ length: connections }, () => new Caller())
    const seenBy = (version: number) => callers.every(({ newest }) => newest >= version)
    await waitFor(() => callers.every(({ answers }) => answers > 1), { timeout: 20_000, what: 'all connections' })
    for (let version = 1; version <= rewrites; version += 1) {
      rewrite(textOf(version), { inPlace: version % 2 === 0 })
      if (version > rewrites - burst) continue
      await waitFor(() => seenBy(version), { timeout: 20_000, what: `version ${version}` })
    }
    await waitFor(() => seenBy(rewrites), { timeout: 20_000, what: 'the last version' })
    await Promise.all(callers.map((caller) => caller.stop()))

    expect(callers.flatMap(({ faults }) => faults)).toEqual([])
    expect(callers.filter(({ connects }) => connects !== 1)).toEqual([])
    expect(callers.filter(({ newest }) => newest !== rewrites)).toEqual([])
    expect(gateway.stderr()).not.toContain('refused')
  })

  it.each([
    ['no YAML', 'services: [}\n', 'kong.yaml:1:12'],
    ['a misspelled field', '_format_version: "3.0"\nservices:\n- name: s\n  hst: example.com\n', 'kong.yaml:4'],
    ['a route without a way in', '_format_version: "3.0"\nroutes:\n- name: r\n', 'kong.yaml:3'],
    ['a plugin that is not known', '_format_version: "3.0"\nplugins:\n- name: key-outh\n', 'kong.yaml:3'],
  ])('a file with %s is refused loudly and the last good one stays', async (_, broken, told) => {
    gateway = await startBuilt(versionConfig(1), { env })
    const caller = new Caller()
    rewrite(broken, { inPlace: true })
    await waitFor(() => gateway.stderr().includes('the last good configuration stays'), { what: 'the refusal' })
    expect(gateway.stderr()).toContain('"level":"error"')
    expect(gateway.stderr()).toContain(told)
    const before = caller.answers
    await waitFor(() => caller.answers > before + 10)
    expect(caller.newest).toBe(1)
    rewrite(textOf(2), { inPlace: true })
    await waitFor(() => caller.newest === 2, { what: 'the mended file' })
    await caller.stop()
    expect(caller.faults).toEqual([])
  })
})

it('a file that is gone leaves the last good configuration, until it is there again', async () => {
  gateway = await startBuilt(versionConfig(1))
  const caller = new Caller()
  rmSync(gateway.configPath)
  await waitFor(() => gateway.stderr().includes('cannot be read, the last good configuration stays'))
  const before = caller.answers
  await waitFor(() => caller.answers > before + 10)
  expect(caller.newest).toBe(1)
  rewrite(textOf(2), { inPlace: false })
  await waitFor(() => caller.newest === 2)
  await caller.stop()
  expect(caller.faults).toEqual([])
})
