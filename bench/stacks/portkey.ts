/** Portkey's gateway in its npm build: the nearest peer, installed by the bench alone and never a dependency of the project. */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../measure/ports.ts'
import { startProcess } from '../measure/processes.ts'
import { waitUntilReady } from './ready.ts'
import { type Stack, Unavailable } from './stack.ts'

const VERSION = '1.15.2'

/**
 * On Node 20 and later this build answers 500 (`TypeError: immutable`) to every OpenAI stream: it appends its headers to the
 * Response that `fetch` returned, whose headers are read-only. The patch copies the Response first, for streams alone, so that
 * JSON requests run the code as published.
 */
const STREAM_PATCH = {
  from: 'return r?(i=t,c=s):({response:i,originalResponseJson:c,responseJson:l}=await this.getResponse(t,a,n.isCacheHit)),this.updateHeaders(',
  to: 'return r?(i=t,c=s):({response:i,originalResponseJson:c,responseJson:l}=await this.getResponse(t,a,n.isCacheHit)),this.context.isStreaming&&(i=new Response(i.body,i)),this.updateHeaders(',
}
/** The build listens on every interface; a bench has no business outside of the loopback. */
const LOOPBACK_PATCH = { from: '({fetch:Lu.fetch,port:Ku})', to: '({fetch:Lu.fetch,port:Ku,hostname:"127.0.0.1"})' }

export const portkey: Stack = {
  name: 'portkey',
  about: `@portkey-ai/gateway ${VERSION} from npm, --headless, no plugins, streams repaired by a one-line patch`,
  async start(context) {
    const program = install(context.cache)
    const port = await freePort()
    const managed = startProcess({
      command: context.node,
      args: [program, '--headless', `--port=${port}`],
      cores: context.cores.gateway,
      cwd: context.folder,
    })
    const path = '/v1/chat/completions'
    const host = {
      'x-portkey-custom-host': `http://127.0.0.1:${context.upstreamPort}/v1`,
      Authorization: 'Bearer sk-bench',
    }
    const chat = { port, path, headers: { 'x-portkey-provider': 'openai', ...host } }
    const translated = { port, path, headers: { 'x-portkey-provider': 'anthropic', ...host } }
    await waitUntilReady(managed, chat)
    return { pid: managed.pid, chat, translated, stop: managed.stop }
  },
}

/** Installs into the cache where needed, and returns the path of the patched program. */
function install(cache: string): string {
  const folder = join(cache, `portkey-${VERSION}`)
  const program = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  if (!existsSync(program)) {
    process.stderr.write(`installing @portkey-ai/gateway@${VERSION} into ${folder}\n`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `@portkey-ai/gateway@${VERSION}`]
    try {
      execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    } catch (error) {
      throw new Unavailable(`npm could not install @portkey-ai/gateway@${VERSION}: ${String(error).slice(0, 300)}`)
    }
  }
  const source = readFileSync(program, 'utf8')
  const patched = [STREAM_PATCH, LOOPBACK_PATCH].reduce(applyPatch, source)
  if (patched !== source) writeFileSync(program, patched)
  return program
}

function applyPatch(source: string, patch: { from: string; to: string }): string {
  if (source.includes(patch.to)) return source
  const parts = source.split(patch.from)
  if (parts.length !== 2) throw new Unavailable(`the patch does not fit @portkey-ai/gateway@${VERSION}`)
  return parts.join(patch.to)
}
