/** Debian's nginx as a plain proxy: what the machine can do for a proxy that reads nothing. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../measure/ports.ts'
import { startProcess } from '../measure/processes.ts'
import { ensureDebianProgram } from './debian.ts'
import { waitUntilReady } from './ready.ts'
import type { Stack } from './stack.ts'

export const nginx: Stack = {
  name: 'nginx',
  about: 'proxy_pass with keep-alive to the upstream, one worker, no access log, no buffering',
  async start(context) {
    ensureDebianProgram('nginx', 'nginx')
    const port = await freePort()
    mkdirSync(join(context.folder, 'tmp'))
    const file = join(context.folder, 'nginx.conf')
    writeFileSync(file, config(port, context.upstreamPort, context.folder))
    const managed = startProcess({
      command: 'nginx',
      args: ['-e', join(context.folder, 'error.log'), '-p', context.folder, '-c', file],
      cores: context.cores.gateway,
    })
    const chat = { port, path: '/v1/chat/completions', headers: {} }
    await waitUntilReady(managed, chat)
    return { pid: managed.pid, chat, translated: undefined, stop: managed.stop }
  },
}

function config(port: number, upstream: number, folder: string): string {
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/tmp/body;
  proxy_temp_path ${folder}/tmp/proxy;
  fastcgi_temp_path ${folder}/tmp/fastcgi;
  uwsgi_temp_path ${folder}/tmp/uwsgi;
  scgi_temp_path ${folder}/tmp/scgi;
  keepalive_requests 100000000;
  client_body_buffer_size 512k;
  upstream llm {
    server 127.0.0.1:${upstream};
    keepalive 512;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / {
      proxy_pass http://llm;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer sk-bench";
      proxy_buffer_size 128k;
      proxy_buffers 4 128k;
      proxy_buffering off;
    }
  }
}
`
}
