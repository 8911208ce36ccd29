/** Folders that are gone when the test is. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reapAtEnd } from './reaper.ts'

export interface TempDir {
  readonly path: string
  /** Removes the folder and all in it; may be called again. */
  remove(): void
}

/** Makes an empty folder; it is removed by `remove`, or else when the process ends. */
export function tempDir(): TempDir {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-test-'))
  const dismiss = reapAtEnd({ folder: path })
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true })
      dismiss()
    },
  }
}
