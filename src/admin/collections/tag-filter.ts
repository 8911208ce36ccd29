/** `?tags=a,b` keeps what has all of the tags, `?tags=a/b` what has any of them. */

import type { Context } from 'hono'
import { invalidOptions } from '../kong-errors.ts'

const mostTags = 5

type Filter = (entity: Readonly<Record<string, unknown>>) => boolean

/** The filter that a request asks for; undefined: none. */
export function tagFilter(c: Context): Filter | undefined {
  const given = c.req.queries('tags')
  if (given === undefined) return undefined
  const [text, ...others] = given
  if (text === undefined || text === '') throw invalidTags('cannot be null')
  const any = text.includes('/')
  const tags = text.split(any ? '/' : ',').map((tag) => tag.trim())
  if (others.length > 0 || tags.some((tag) => tag === '' || tag.includes(','))) {
    throw invalidTags('invalid filter syntax')
  }
  if (tags.length > mostTags) throw invalidTags(`cannot query more than ${mostTags} tags`)
  return function hasTags(entity) {
    const own: readonly unknown[] = Array.isArray(entity.tags) ? entity.tags : []
    return any ? tags.some((tag) => own.includes(tag)) : tags.every((tag) => own.includes(tag))
  }
}

function invalidTags(reason: string) {
  return invalidOptions({ tags: reason })
}
