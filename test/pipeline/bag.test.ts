import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bag } from '../../src/pipeline/bag.ts'

describe('a bag', () => {
  it('holds what a Set would, whatever is put in and taken out', () => {
    const steps = fc.array(fc.record({ adds: fc.boolean(), which: fc.nat(9) }), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (list) => {
        const members = Array.from({ length: 10 }, () => ({ place: -1 }))
        const bag = new Bag<{ place: number }>()
        const set = new Set<{ place: number }>()
        for (const { adds, which } of list) {
          const member = members[which]
          if (member === undefined || set.has(member) === adds) continue
          if (adds) {
            bag.add(member)
            set.add(member)
          } else {
            bag.delete(member)
            set.delete(member)
          }
          expect(bag.size).toBe(set.size)
          expect(new Set(bag)).toEqual(set)
          expect([...bag].every((one) => one.place >= 0)).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('does not mind what it does not hold', () => {
    const bag = new Bag<{ place: number }>()
    const [one, other] = [{ place: -1 }, { place: -1 }]
    bag.add(one)
    bag.delete(other)
    bag.delete(one)
    bag.delete(one)
    expect(bag.size).toBe(0)
  })

  it('may lose members while it is walked', () => {
    const bag = new Bag<{ place: number }>()
    for (let index = 0; index < 5; index += 1) bag.add({ place: -1 })
    let seen = 0
    for (const member of bag) {
      bag.delete(member)
      seen += 1
    }
    expect([seen, bag.size]).toEqual([5, 0])
  })
})
