/** When a provider wants to be asked again. */

type Headers = Readonly<Record<string, string | string[] | undefined>>

const sentence = /try again in (?:(\d+)m)?(\d+(?:\.\d+)?)(ms|s)\b/i

/** Milliseconds; undefined where it does not say. Successful answers are not asked: some providers send the header on them too. */
export function retryAfter(status: number, headers: Headers, message: string): number | undefined {
  if (status < 400) return undefined
  const precise = Number.parseFloat(first(headers['retry-after-ms']))
  if (precise >= 0) return precise
  const plain = first(headers['retry-after'])
  if (plain !== '') {
    const seconds = Number(plain)
    if (seconds >= 0) return seconds * 1000
    const date = Date.parse(plain)
    if (!Number.isNaN(date)) return Math.max(0, date - Date.now())
  }
  const words = sentence.exec(message)
  if (words === null) return undefined
  const amount = Number(words[2]) * (words[3]?.toLowerCase() === 'ms' ? 1 : 1000)
  return Number(words[1] ?? 0) * 60_000 + amount
}

function first(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}
