/** Folders that are gone when the test is. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TempDir {
  readonly path: string
  /** Removes the folder and all in it; may be called again. */
  remove(): void
}

const left = new Set<string>()
const remove = (path: string) => {
  left.delete(path)
  rmSync(path, { recursive: true, force: true })
}

process.once('exit', () => {
  for (const path of left) remove(path)
})

/** Makes an empty folder; it is removed by `remove`, or else when the process exits. */
export function tempDir(): TempDir {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-test-'))
  left.add(path)
  return { path, remove: () => remove(path) }
}
