import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^tollgate$/, replacement: path('./src/pdk/index.ts') },
      { find: /^tollgate\/testing$/, replacement: path('./src/testing/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'providers/**/*.ts', 'ai-plugins/**/*.ts'],
      // The entries of the process and of its worker threads run in the built program, where the e2e tests see them.
      exclude: ['src/cli/main.ts', 'src/server/thread-worker.ts', '**/*.d.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 95 },
    },
  },
})
