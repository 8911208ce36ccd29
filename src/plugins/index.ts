/** The plugins that ship with the gateway; reading this list is reading what it can do. */

import type { AnyPlugin } from '../pdk/define-plugin.ts'
import acl from './acl/index.ts'
import basicAuth from './basic-auth/index.ts'
import correlationId from './correlation-id/index.ts'
import cors from './cors/index.ts'
import fileLog from './file-log/index.ts'
import httpLog from './http-log/index.ts'
import ipRestriction from './ip-restriction/index.ts'
import keyAuth from './key-auth/index.ts'
import prometheus from './prometheus/index.ts'
import rateLimiting from './rate-limiting/index.ts'
import requestSizeLimiting from './request-size-limiting/index.ts'
import requestTermination from './request-termination/index.ts'
import requestTransformer from './request-transformer/index.ts'
import responseTransformer from './response-transformer/index.ts'

export const bundledPlugins: readonly AnyPlugin[] = [
  acl,
  basicAuth,
  correlationId,
  cors,
  fileLog,
  httpLog,
  ipRestriction,
  keyAuth,
  prometheus,
  rateLimiting,
  requestSizeLimiting,
  requestTermination,
  requestTransformer,
  responseTransformer,
]
