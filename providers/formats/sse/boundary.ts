/** Where one event ends and the next begins, in bytes: after a blank line, whatever the line ends are. */

const blanks = ['\n\n', '\n\r\n', '\r\r'].map((text) => Buffer.from(text))

/** True where the bytes end with a blank line. */
export function endsEvent(bytes: Buffer): boolean {
  const { length } = bytes
  const last = bytes[length - 1]
  const before = bytes[length - 2]
  if (last === 13) return before === 13
  return last === 10 && (before === 10 || (before === 13 && bytes[length - 3] === 10))
}

/** The offset after the last whole event; 0 where there is none. */
export function lastBoundary(bytes: Buffer): number {
  return endsEvent(bytes) ? bytes.length : boundaryBefore(bytes, bytes.length)
}

/** The offset of the event that holds the byte at `at`. */
export function boundaryBefore(bytes: Buffer, at: number): number {
  let found = 0
  for (const blank of blanks) {
    const index = at < blank.length ? -1 : bytes.lastIndexOf(blank, at - blank.length)
    if (index !== -1) found = Math.max(found, index + blank.length)
  }
  return found
}

/** The offset after the event that holds the byte at `at`. */
export function boundaryAfter(bytes: Buffer, at: number): number {
  let found = bytes.length
  for (const blank of blanks) {
    const index = bytes.indexOf(blank, at)
    if (index !== -1) found = Math.min(found, index + blank.length)
  }
  return found
}
