/** Every error that the gateway itself can answer or throw: one code, one status, one text. */

interface ErrorDefinition {
  /** HTTP status of the answer. */
  readonly status: number
  /** Text for the client; `{name}` is replaced by the fact of that name. */
  readonly message: string
}

function define<const T extends Record<string, ErrorDefinition>>(definitions: T): T {
  return definitions
}

export const errors = define({
  // Requests that are not understood
  TOLL_BAD_REQUEST: { status: 400, message: 'Bad request' },
  TOLL_MALFORMED: { status: 400, message: 'The request cannot be understood: {reason}' },
  TOLL_BAD_JSON: { status: 400, message: 'The request body is not valid JSON: {reason}' },
  TOLL_CONTENT_TYPE: { status: 415, message: 'This route takes {expected}, but the request says {actual}' },
  TOLL_CONTENT_ENCODING: {
    status: 415,
    message: 'The request body is encoded as {encoding}, which this route does not decode',
  },
  TOLL_PATH_UNSAFE: { status: 400, message: 'The request path holds {what}; send it decoded or remove it' },
  TOLL_HEADERS_TOO_LARGE: { status: 431, message: 'Request header or cookie too large; the limit is {limit} bytes' },
  TOLL_BODY_TOO_LARGE: { status: 413, message: 'The request body is over the limit of {limit} bytes' },
  TOLL_REQUEST_TIMEOUT: { status: 408, message: 'Request timeout' },
  TOLL_URI_TOO_LONG: { status: 414, message: 'URI too long' },
  TOLL_EXPECTATION_FAILED: { status: 417, message: 'Expectation failed' },

  // Routing
  TOLL_NO_ROUTE: { status: 404, message: 'no Route matched with those values' },
  TOLL_NO_SERVICE: { status: 503, message: 'no Service found with those values' },
  TOLL_HTTPS_REQUIRED: { status: 426, message: 'Please use HTTPS protocol' },

  // Upstream
  TOLL_NO_PEER: { status: 503, message: 'failure to get a peer from the ring-balancer' },
  TOLL_NAME_RESOLUTION: { status: 503, message: 'name resolution failed' },
  TOLL_UPSTREAM_UNREACHABLE: { status: 502, message: 'The upstream server could not be reached: {reason}' },
  TOLL_UPSTREAM_INVALID: { status: 502, message: 'An invalid response was received from the upstream server' },
  TOLL_UPSTREAM_TIMEOUT: { status: 504, message: 'The upstream server is timing out' },
  TOLL_UPSTREAM_TOO_LARGE: { status: 502, message: 'The upstream answer is over the limit of {limit} bytes' },

  // The gateway itself
  TOLL_UNEXPECTED: { status: 500, message: 'An unexpected error occurred' },
  TOLL_OVERLOADED: { status: 503, message: 'The gateway is shutting down or overloaded; try again' },
  TOLL_PDK_WRONG_PHASE: {
    status: 500,
    message: 'function {function} cannot be called in {phase} phase (only in: {allowed})',
  },
  TOLL_PDK_ARGUMENT: { status: 500, message: '{function}: {reason}' },

  // LLM calls
  TOLL_LLM_BODY: { status: 400, message: 'content-type header does not match request body, or bad JSON formatting' },
  TOLL_LLM_REQUEST: { status: 400, message: '{reason}' },
  TOLL_LLM_MODEL_FIXED: { status: 400, message: 'cannot use own model - must be: {model}' },
  TOLL_LLM_MODEL_MISSING: {
    status: 400,
    message: 'model parameter not found in request, nor in gateway configuration',
  },
  TOLL_LLM_MODEL_UNKNOWN: { status: 404, message: 'no provider serves the model {model}; {hint}' },
  TOLL_LLM_MODEL_AMBIGUOUS: { status: 404, message: 'several providers may serve the model {model}; {hint}' },
  TOLL_LLM_STREAMING_DENIED: { status: 400, message: 'response streaming is not enabled for this LLM' },
  TOLL_LLM_UNSUPPORTED: { status: 400, message: 'the provider {provider} cannot serve {what}' },
  TOLL_LLM_TEMPLATE: { status: 400, message: '{reason}' },
  TOLL_LLM_UPSTREAM: { status: 502, message: 'The provider {provider} sent an answer that cannot be read: {reason}' },
})

export type ErrorCode = keyof typeof errors
/** What fills the `{name}` gaps of a message. */
export type ErrorFacts = Readonly<Record<string, string | number>>

/**
 * An error that the client may see.
 *
 * @example
 * throw new TollError('TOLL_BODY_TOO_LARGE', { limit: 1024 })
 */
export class TollError extends Error {
  readonly code: ErrorCode
  readonly status: number
  /** Headers that the answer carries besides the usual ones. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: ErrorCode,
    facts: ErrorFacts = {},
    options: { cause?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(fill(errors[code].message, facts), options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TollError'
    this.code = code
    this.status = errors[code].status
    this.headers = options.headers ?? {}
  }
}

function fill(template: string, facts: ErrorFacts): string {
  return template.replace(/\{(\w+)\}/g, (gap, name: string) => String(facts[name] ?? gap))
}
