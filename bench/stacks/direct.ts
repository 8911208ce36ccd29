/** No gateway: the load straight to the mock, which is what all others are compared with and what bounds them. */

import type { Stack } from './stack.ts'

export const direct: Stack = {
  name: 'direct',
  about: 'load generator straight to the mock upstream',
  start: async (context) => ({
    pid: undefined,
    chat: { port: context.upstreamPort, path: '/v1/chat/completions', headers: {} },
    translated: undefined,
    stop: async () => undefined,
  }),
}
