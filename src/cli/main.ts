#!/usr/bin/env node
/** Entry of the command line: sees that the Node is new enough before anything newer is loaded. */

import { setFlagsFromString } from 'node:v8'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`tollgate needs Node 22.19 or newer, and this is Node ${process.versions.node}`)
  process.exit(1)
}
// What loading leaves behind must not make the young generation grow: an idle gateway would keep that memory.
setFlagsFromString('--semi-space-growth-factor=1')
const { run } = await import('./run.ts')
process.exitCode = await run(process.argv.slice(2), () => setFlagsFromString('--semi-space-growth-factor=2'))
