/** Sends one request and keeps the whole answer, for the checks that come before a measurement. */

import type { Target } from '../stacks/stack.ts'
import { openConnection } from './connection.ts'

/** One answer; `failed` when there was none. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly bytes: number
  readonly failed: string | undefined
}

const TIMEOUT_MS = 10_000

/** The bytes of a request as every load generator of the bench sends it. */
export function requestBytes(target: Target, body: string): Buffer {
  const headers = Object.entries({ 'Content-Type': 'application/json', ...target.headers })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const head = `POST ${target.path} HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\n${lines}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  return Buffer.from(head + body)
}

/** Sends `body` to `target` over a connection of its own; never rejects. */
export async function tryOnce(target: Target, body: string): Promise<Answer> {
  const pieces: Buffer[] = []
  const connection = openConnection(target.port, (slice) => pieces.push(slice))
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const finish = (status: number, bytes: number, failed: string | undefined): void =>
    resolve({ status, text: Buffer.concat(pieces).toString(), bytes, failed })
  const timer = setTimeout(() => finish(0, 0, `no answer in ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS)
  connection.send(requestBytes(target, body), ({ response, failed }) =>
    finish(response?.status ?? 0, response?.bytes ?? 0, failed),
  )
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    connection.close()
  }
}
