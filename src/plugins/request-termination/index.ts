/** Answers requests instead of the service: for maintenance, for routes that are no more, and to show what arrives. */

import { type AccessPdk, definePlugin } from '../../pdk/index.ts'
import { type Config, config } from './config.ts'
import { describeRequest } from './echo.ts'

/** Kong's texts; other statuses have none of their own. */
const messages: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  404: 'Not found',
  405: 'Method not allowed',
  500: 'An unexpected error occurred',
  502: 'Bad Gateway',
  503: 'Service unavailable',
}

export default definePlugin<Config>({
  name: 'request-termination',
  priority: 2,
  config,
  access(kong, settings): void | Promise<void> {
    const { trigger, echo } = settings
    const applies = trigger === null || isTriggered(kong, trigger)
    if (applies && echo) return answerEcho(kong, settings)
    if (applies) answer(kong, settings)
  },
})

function isTriggered({ request }: AccessPdk, name: string): boolean {
  return request.getHeader(name) !== undefined || request.getQueryArg(name) !== undefined
}

function answer(kong: AccessPdk, { status_code: status, body, content_type, message: own }: Config): void {
  const message = own ?? messages[status]
  if (body !== null) {
    kong.response.exit(status, body, { 'Content-Type': content_type ?? 'application/json; charset=utf-8' })
  } else if (status >= 400 && kong.llm.getRecord() !== null) {
    // An LLM client looks for the error where its own format has it.
    kong.response.error(status, message)
  } else kong.response.exit(status, message === undefined ? null : { message })
}

async function answerEcho(kong: AccessPdk, { status_code: status, message }: Config): Promise<void> {
  kong.response.exit(status, { message: message ?? messages[status], ...(await describeRequest(kong)) })
}
