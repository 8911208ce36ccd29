/** `data:` URLs, which carry media inside JSON and may be megabytes long. */

import type { MediaSource } from '../../canonical/conversation.ts'

const header = /^data:([a-z0-9.+-]+\/[a-z0-9.+-]+);base64$/i

/** Media as base64 where the URL is a plain `data:` URL, else as the URL that it is. */
export function sourceOfUrl(url: string): MediaSource {
  if (!url.startsWith('data:')) return { type: 'url', url }
  const comma = url.indexOf(',')
  if (comma === -1 || comma > 200) return { type: 'url', url }
  const match = header.exec(url.slice(0, comma))
  if (match?.[1] === undefined) return { type: 'url', url }
  return { type: 'base64', data: url.slice(comma + 1), mediaType: match[1] }
}

export function dataUrl(source: Extract<MediaSource, { type: 'base64' }>): string {
  return `data:${source.mediaType};base64,${source.data}`
}
