/** How the Admin API answers: JSON in Kong's form, and errors that are thrown where they are found. */

/** An answer that is JSON; null or undefined: no body. */
export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  if (body === null || body === undefined) return new Response(null, { status, headers })
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  })
}

/** `{"message": …}` */
export function message(text: string, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return json({ message: text }, status, headers)
}

/**
 * Ends the request with an error of the Admin API. Its bodies are Kong's and differ from those that clients of the
 * proxy get, so that they are no matter of the registry of errors.
 */
export class AdminError extends Error {
  readonly status: number
  readonly body: object
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: object | string, headers: Readonly<Record<string, string>> = {}) {
    super(typeof body === 'string' ? body : `the Admin API answers with ${status}`)
    this.name = 'AdminError'
    this.status = status
    this.body = typeof body === 'string' ? { message: body } : body
    this.headers = headers
  }
}
