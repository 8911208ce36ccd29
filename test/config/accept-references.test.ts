import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { acceptReferences } from '../../src/config/accept-references.ts'

const ref = '{vault://env/secret}'

function parse(schema: z.ZodType, value: unknown) {
  const relaxed = acceptReferences(schema)
  return relaxed instanceof z.ZodType ? relaxed.safeParse(value) : { success: false, data: undefined }
}

describe('a schema that accepts references', () => {
  test('takes one for a number, a boolean, a choice, a format and a literal, and still fills in defaults', () => {
    const schema = z.strictObject({
      limit: z.int().min(1).max(5),
      on: z.boolean(),
      mode: z.enum(['a', 'b']),
      url: z.url(),
      one: z.literal(1),
      upper: z.string().transform((value) => value.length),
      retries: z.int().default(3),
      at: z.number().default(() => 7),
    })
    const value = { limit: ref, on: ref, mode: ref, url: ref, one: ref, upper: ref }
    expect(parse(schema, value)).toMatchObject({ success: true, data: { ...value, retries: 3, at: 7 } })
    expect(schema.safeParse(value).success).toBe(false)
  })

  test('reaches into lists, maps, unions, wrappers, lazy and self-referring schemas', () => {
    const tree = z.strictObject({
      size: z.int().optional(),
      get children() {
        return z.array(tree).default([])
      },
    })
    const schema = z.strictObject({
      list: z.array(z.int()),
      map: z.record(z.string(), z.number()),
      either: z.union([z.boolean(), z.strictObject({ n: z.number() })]),
      nullable: z.number().nullable(),
      inner: z.strictObject({ n: z.number().prefault(4) }).prefault({}),
      lazy: z.lazy(() => z.number()),
      tree,
    })
    const value = {
      list: [1, ref],
      map: { a: ref },
      either: { n: ref },
      nullable: ref,
      lazy: ref,
      tree: { children: [{ size: ref }] },
    }
    expect(parse(schema, value)).toMatchObject({ success: true, data: { ...value, inner: { n: 4 } } })
  })

  test('keeps the discriminator of a union strict', () => {
    const schema = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('a'), n: z.number() }),
      z.strictObject({ kind: z.literal('b'), s: z.string() }),
    ])
    expect(parse(schema, { kind: 'a', n: ref }).success).toBe(true)
    expect(parse(schema, { kind: ref, n: 1 }).success).toBe(false)
    expect(parse(schema, { kind: 'a', n: 'not a reference' }).success).toBe(false)
  })
})
