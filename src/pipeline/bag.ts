/** Things that come and go with every request, in no order. */

/** A thing knows its place, so that taking it out moves no more than one other. */
export interface Bagged {
  /** -1: in no bag. */
  place: number
}

/**
 * Like a Set, for members that come and go by the thousand in a second. V8 gives a Set a new table every so often, and
 * the old one points to the new: once one such table is in the old generation, it keeps all later ones, and what was in
 * them, from being freed cheaply. Here that cost a quarter of the time of a request.
 */
export class Bag<Member extends Bagged> {
  readonly #members: Member[] = []

  get size(): number {
    return this.#members.length
  }

  add(member: Member): void {
    member.place = this.#members.length
    this.#members.push(member)
  }

  /** Without effect on what is in no bag. */
  delete(member: Member): void {
    const { place } = member
    if (place < 0) return
    member.place = -1
    const last = this.#members.pop()
    if (last === undefined || last === member) return
    this.#members[place] = last
    last.place = place
  }

  /** All members now, whatever becomes of them meanwhile. */
  [Symbol.iterator](): IterableIterator<Member> {
    return this.#members.slice().values()
  }
}
