/** request-size-limiting: keeps out requests whose body is too large. */

import { type AccessPdk, definePlugin, TollError } from '../../pdk/index.ts'
import { limitOf, requestSizeLimitingConfig } from './config.ts'

export default definePlugin({
  name: 'request-size-limiting',
  priority: 951,
  config: requestSizeLimitingConfig,

  access(kong, config): void | Promise<void> {
    const limit = limitOf(config)
    const length = kong.request.getHeader('content-length')
    if (length !== undefined && /^\d+$/.test(length)) {
      if (Number(length) > limit) refuse(kong)
      return
    }
    const chunked = kong.request.getHeader('transfer-encoding') !== undefined
    if (chunked) return measure(kong, limit)
    if (config.require_content_length) kong.response.error(411, 'A valid Content-Length header is required')
  },
})

/** What nobody announced has to be counted; reading ends with the first byte too many. */
async function measure(kong: AccessPdk, limit: number): Promise<void> {
  try {
    // A limit of 0 would mean none here.
    const body = await kong.request.getRawBody(Math.max(limit, 1))
    if (body.length > limit) refuse(kong)
  } catch (error) {
    if (!(error instanceof TollError) || error.code !== 'TOLL_BODY_TOO_LARGE') throw error
    refuse(kong)
  }
}

/** A client that asked first, with `Expect`, learns that it need not send. */
function refuse(kong: AccessPdk): void {
  const expects = kong.request.getHeader('expect')?.toLowerCase() === '100-continue'
  kong.response.error(expects ? 417 : 413, 'Request size limit exceeded')
}
