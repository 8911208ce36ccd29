/** A chat on the wire: the client's own bytes where the provider speaks its format, a translation where it does not. */

import type { Conversation } from '../../providers/canonical/conversation.ts'
import { type ChatError, ChatFailure, chatError } from '../../providers/canonical/error.ts'
import type { Completion } from '../../providers/canonical/events.ts'
import type { AnswerContext, ChatFormat } from '../../providers/canonical/format.ts'
import { asObject, type Json, type JsonObject } from '../../providers/canonical/json.ts'
import { format } from '../../providers/formats/index.ts'
import { editTopLevel } from '../../providers/formats/json-edit.ts'
import type { BodyTransform, CallContext, LocalAnswer } from '../upstream/call.ts'
import type { ResponseHead } from '../upstream/types.ts'
import { withBodyCredential } from './body-credential.ts'
import { estimateRest } from './estimate.ts'
import { answerLocally } from './local.ts'
import { overrideConversation, overrideFields } from './overrides.ts'
import type { LlmRecord } from './record.ts'
import type { Target } from './target.ts'
import type { AnswerTransform } from './transforms/answer-transform.ts'
import { PassJson, PassStream } from './transforms/pass.ts'
import { TranslateJson, TranslateStream } from './transforms/translate.ts'
import type { Wire } from './wire.ts'

export interface ChatWireOptions {
  readonly target: Target
  /** The client's format. */
  readonly format: ChatFormat
  /** As the client sent it. */
  readonly bytes: Buffer
  readonly parsed: JsonObject
  /** The model's name at the provider. */
  readonly model: string
  readonly stream: boolean
  readonly operation: 'chat' | 'completions'
  readonly record: LlmRecord
}

export class ChatWire implements Wire {
  readonly path: string
  readonly #options: ChatWireOptions
  readonly #upstream: ChatFormat
  #bytes: Buffer
  #conversation: Conversation | null = null
  #includeUsage = false
  #context: CallContext | null = null
  #completion: (() => Completion) | null = null
  #answer: AnswerTransform | null = null

  constructor(options: ChatWireOptions) {
    const { target, format: own, operation, model, stream } = options
    const { provider } = target
    this.#options = options
    this.#upstream = upstreamFormat(options)
    this.#bytes = options.bytes
    const known = this.#upstream === own ? provider.paths[operation] : provider.paths.chat
    this.path = known ?? this.#upstream.path(model, stream)
  }

  prepare(context: CallContext): LocalAnswer | undefined | Promise<LocalAnswer | undefined> {
    const { target, format: own, parsed } = this.#options
    this.#context = context
    this.#includeUsage = wantsUsage(parsed, own)
    if (context.chat.readsRequest) {
      return context.chat.request(this.#decoded()).then((changed) => {
        return context.exited() ? undefined : this.#translate(changed, context)
      })
    }
    if (this.#upstream !== own || target.provider.local !== undefined) return this.#translate(this.#decoded(), context)
    this.#bytes = this.#edited()
    return undefined
  }

  #translate(conversation: Conversation, context: CallContext): LocalAnswer | undefined {
    const { target, format: own, record } = this.#options
    this.#conversation = conversation
    this.#includeUsage = conversation.includeUsage ?? this.#includeUsage
    const { local } = target.provider
    if (local !== undefined) {
      return answerLocally(local, conversation, { format: own, answer: this.#answerContext(), record, context })
    }
    this.#bytes = Buffer.from(JSON.stringify(this.#encoded(conversation)))
    return undefined
  }

  body(): Buffer {
    return this.#bytes
  }

  headers(): string[] {
    const { format: own, stream } = this.#options
    const headers = ['Accept', stream ? this.#upstream.streamType : 'application/json']
    if (this.#upstream !== own) return headers
    // What a client opts into by header means the same to a provider that speaks its format.
    for (const name of ['anthropic-beta', 'openai-beta']) {
      const value = this.#context?.headers[name]
      if (typeof value === 'string') headers.push(name, value)
    }
    return headers
  }

  receive(head: ResponseHead, context: CallContext): BodyTransform {
    const { format: own, record, stream } = this.#options
    const streamed = head.headers['content-type']?.startsWith('text/event-stream') === true
    const untouched = this.#upstream === own && !context.chat.readsEvents && !context.chat.readsWhole
    if (stream) {
      context.replyHeaders.set('Content-Type', own.streamType)
      context.replyHeaders.set('Cache-Control', 'no-cache')
      context.replyHeaders.set('X-Accel-Buffering', 'no')
    } else context.replyHeaders.set('Content-Type', 'application/json')
    if (untouched && streamed === stream) {
      this.#answer = streamed
        ? new PassStream({ format: own, record, hideUsage: !this.#includeUsage, context })
        : new PassJson({
            format: own,
            record,
            limit: context.maxBuffered,
            provider: this.#options.target.provider.name,
          })
      return this.#answer
    }
    const options = {
      from: this.#upstream,
      to: own,
      record,
      context,
      answer: this.#answerContext(),
      provider: this.#options.target.provider.name,
    }
    const transform = streamed ? new TranslateStream({ ...options, stream }) : new TranslateJson({ ...options, stream })
    this.#completion = () => transform.completion
    this.#answer = transform
    return transform
  }

  refuse(status: number, head: ResponseHead, body: Buffer): Buffer {
    const { provider } = this.#options.target
    const error = this.#upstream.decodeError(status, head.headers, parsedOrText(body))
    if (status === 401 || status === 403) throw new ChatFailure(refusedCredential(error, provider.title))
    if (status >= 400 && this.#upstream === this.#options.format && isJson(body)) return body
    throw new ChatFailure(error)
  }

  done(aborted: boolean): void {
    const { record, parsed } = this.#options
    const completion = this.#completion?.()
    const { over, seen } = this.#answer ?? { over: false, seen: 0 }
    if ((!over || Object.keys(record.usage).length === 0) && (aborted || seen > 0) && record.usage.estimated !== true) {
      record.usage = estimateRest(record.usage, this.#bytes.length, seen)
    }
    if (completion !== undefined && this.#context?.chat.readsWhole) {
      this.#context.chat.done(this.#conversation ?? this.#options.format.decodeRequest(parsed), completion)
    }
  }

  #decoded(): Conversation {
    const { format: own, parsed, target, stream } = this.#options
    const conversation = own.decodeRequest(parsed)
    conversation.stream = stream
    overrideConversation(conversation, target.model.options)
    return conversation
  }

  #encoded(conversation: Conversation): JsonObject {
    const { target, model } = this.#options
    const { provider } = target
    const maxTokens = provider.maxTokens?.(model)
    const asked = { ...conversation, includeUsage: true }
    const body = this.#upstream.encodeRequest(asked, {
      model,
      ...(maxTokens !== undefined && { maxTokens }),
      ...(provider.developerRole !== undefined && { developerRole: provider.developerRole }),
      ...(provider.reasoningField !== undefined && { reasoningField: provider.reasoningField }),
    })
    return withBodyCredential(provider.fixRequest?.(body, model) ?? body, target)
  }

  /** The client's bytes with what must differ spliced in. */
  #edited(): Buffer {
    const { bytes, parsed, target, model, stream, format: own } = this.#options
    const edits: Record<string, Json | undefined> = overrideFields(parsed, own.name, target.model.options)
    if (parsed.model !== model) edits.model = model
    if ((parsed.stream === true) !== stream) edits.stream = stream
    if (stream && own.name.startsWith('openai-') && !this.#includeUsage) {
      const present = parsed.stream_options
      edits.stream_options = { ...(isPlain(present) ? present : {}), include_usage: true }
    }
    withBodyCredential(edits, target)
    const { fixRequest } = target.provider
    if (fixRequest !== undefined) {
      const whole = { ...parsed, ...edits }
      const fixed = fixRequest(whole, model)
      if (fixed !== whole) return Buffer.from(JSON.stringify(fixed))
    }
    return Object.keys(edits).length === 0 ? bytes : editTopLevel(bytes, edits)
  }

  #answerContext(): AnswerContext {
    return {
      id: `${idPrefix[this.#options.format.name] ?? ''}${this.#context?.requestId}`,
      model: this.#options.model,
      created: Math.floor(Date.now() / 1000),
      includeUsage: this.#includeUsage,
    }
  }
}

const idPrefix: Readonly<Record<string, string>> = {
  'openai-chat': 'chatcmpl-',
  'openai-completions': 'cmpl-',
  'anthropic-messages': 'msg_',
}

/** The client's own format where the provider speaks it, else the provider's best. */
function upstreamFormat({ target: { provider }, format: own, operation }: ChatWireOptions): ChatFormat {
  if (provider.formats.includes(own.name)) return own
  if (operation === 'completions' && provider.paths.completions !== undefined) return own
  return format(provider.formats[0] ?? own.name)
}

function wantsUsage(body: JsonObject, own: ChatFormat): boolean {
  if (!own.name.startsWith('openai-')) return true
  return isPlain(body.stream_options) && body.stream_options.include_usage === true
}

function isPlain(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsedOrText(body: Buffer): unknown {
  const text = body.toString('utf8')
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function isJson(body: Buffer): boolean {
  return asObject(parsedOrText(body)) !== undefined
}

/** The provider's words may quote the credential; the client, which does not have it, learns only what it can act on. */
function refusedCredential(error: ChatError, provider: string): ChatError {
  return chatError(error.kind, `${provider} refused the credential that the gateway is configured with`, {
    status: error.status,
    code: 'upstream_authentication_error',
  })
}
