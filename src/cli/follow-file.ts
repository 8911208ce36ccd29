/** Follows the declarative file: a change becomes a new snapshot, a broken one is refused loudly. */

import { readFileSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { reportProblems } from '../config/report.ts'
import type { GatewayNode } from '../server/node.ts'

/** Editors write a file in several steps; milliseconds of quiet after which it is read. */
const quiet = 50

/** Also reads the file at SIGHUP. */
export function followFile(file: string, node: Pick<GatewayNode, 'apply' | 'logger'>): { close(): void } {
  let timer: NodeJS.Timeout | undefined
  let busy = false
  let again = false

  async function reload(): Promise<void> {
    if (busy) {
      again = true
      return
    }
    busy = true
    try {
      const result = await node.apply(readFileSync(file, 'utf8'), { checkHash: true, env: process.env })
      if (result.outcome === 'refused') {
        node.logger.error(
          `${file} is refused, the last good configuration stays:\n${reportProblems(result.result.problems, file)}`,
        )
      } else if (result.outcome === 'failed') {
        node.logger.error(`${file} is refused, the last good configuration stays: ${result.message}`)
      } else if (result.outcome === 'applied') node.logger.notice(`${file} is served now`)
      else if (result.outcome === 'busy') again = true
    } catch (error) {
      node.logger.error(`${file} cannot be read, the last good configuration stays`, { error })
    } finally {
      busy = false
      if (again) {
        again = false
        schedule()
      }
    }
  }

  function schedule(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void reload(), quiet)
  }

  // The folder is watched, not the file: a file that is replaced by renaming is another file, and so is a mounted one.
  const watcher = watch(dirname(file), (_, name) => {
    if (name === null || name === basename(file) || name.startsWith('..')) schedule()
  })
  watcher.on('error', (error) =>
    node.logger.error(`${file} is no longer followed; send SIGHUP to read it again`, { error }),
  )
  process.on('SIGHUP', schedule)
  // What was written between the first reading and now was seen by nobody.
  schedule()
  return {
    close() {
      clearTimeout(timer)
      watcher.close()
      process.off('SIGHUP', schedule)
    },
  }
}
