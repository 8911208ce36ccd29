/** Server-sent events as LLM providers send them. */

export { defaultLineLimit, type SseEvent, SseSplitter } from './splitter.ts'
