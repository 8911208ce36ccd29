/** TLS server names of a route. */

import type { RequestTest } from './request.ts'

/** Any of the names, with a wildcard at either end or none; a request without TLS has no name and so passes. */
export function serverNameTest(names: readonly string[]): RequestTest {
  const tests = names.map(oneName)
  return ({ input }) => {
    const { sni } = input
    return input.scheme === 'http' || (sni !== undefined && tests.some((test) => test(sni)))
  }
}

function oneName(name: string): (sni: string) => boolean {
  // The dot that ends a fully qualified name does not come over the wire (RFC 6066, 3).
  const text = name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name
  if (text.startsWith('*')) return (sni) => sni.endsWith(text.slice(1))
  if (text.endsWith('*')) return (sni) => sni.startsWith(text.slice(0, -1))
  return (sni) => sni === text
}
