/** What went wrong in an LLM call, in terms that every format can say. */

/** Ordered as in the table of error classes: each has one status and one name in each format. */
export type ChatErrorKind =
  | 'invalidRequest'
  | 'contextLength'
  | 'contentFilter'
  | 'authentication'
  | 'permission'
  | 'notFound'
  | 'tooLarge'
  | 'timeout'
  | 'rateLimit'
  | 'quota'
  | 'overloaded'
  | 'upstream'
  | 'internal'

export interface ChatError {
  readonly kind: ChatErrorKind
  /** HTTP status for the client. */
  readonly status: number
  readonly message: string
  /** The provider's own code, where it has one. */
  readonly code?: string
  /** The request field at fault, where the provider names it. */
  readonly param?: string
  /** Milliseconds after which the provider wants to be asked again. */
  readonly retryAfter?: number
}

const statuses: Record<ChatErrorKind, number> = {
  invalidRequest: 400,
  contextLength: 400,
  contentFilter: 400,
  authentication: 401,
  permission: 403,
  notFound: 404,
  tooLarge: 413,
  timeout: 504,
  rateLimit: 429,
  quota: 429,
  overloaded: 503,
  upstream: 502,
  internal: 500,
}

export function chatError(
  kind: ChatErrorKind,
  message: string,
  more: Partial<Omit<ChatError, 'kind' | 'message'>> = {},
): ChatError {
  return { status: statuses[kind], ...more, kind, message }
}

/** The kind that an HTTP status alone implies. */
export function kindOfStatus(status: number): ChatErrorKind {
  switch (status) {
    case 401:
      return 'authentication'
    case 402:
      return 'quota'
    case 403:
      return 'permission'
    case 404:
      return 'notFound'
    case 408:
    case 504:
      return 'timeout'
    case 413:
      return 'tooLarge'
    case 429:
      return 'rateLimit'
    case 503:
    case 529:
      return 'overloaded'
    default:
      return status >= 500 ? 'upstream' : 'invalidRequest'
  }
}

/** Thrown where a call ends in an error that the client is told in its own format. */
export class ChatFailure extends Error {
  readonly error: ChatError

  constructor(error: ChatError) {
    super(error.message)
    this.name = 'ChatFailure'
    this.error = error
  }
}
