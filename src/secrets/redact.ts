/** Keeps known secrets out of everything that is printed. */

const shortest = 6
const replacement = 'REDACTED'

/**
 * Replaces secrets in texts. The cost is one table look-up per character, whatever the number of secrets.
 *
 * @example
 * redactor.add('sk-123456')
 * redactor.redact('key=sk-123456') // key=REDACTED
 */
export class Redactor {
  readonly #limit: number
  /** Secrets in the order in which they were last added. */
  readonly #secrets = new Set<string>()
  /** What each is looked for as, by its first characters; the longest first. */
  readonly #byStart = new Map<string, string[]>()
  /** How many forms start with three characters of that hash. */
  readonly #starts = new Uint32Array(65536)

  /** Past `limit` secrets the one that was added longest ago is forgotten. */
  constructor(limit = 10_000) {
    this.#limit = limit
  }

  get size(): number {
    return this.#secrets.size
  }

  /** Remembers a secret; one of fewer than 6 characters is too likely to be an ordinary word, and is not. */
  add(secret: string): void {
    if (secret.length < shortest) return
    if (this.#secrets.delete(secret)) {
      this.#secrets.add(secret)
      return
    }
    this.#secrets.add(secret)
    for (const form of formsOf(secret)) this.#index(form)
    if (this.#secrets.size <= this.#limit) return
    for (const oldest of this.#secrets) {
      this.#secrets.delete(oldest)
      for (const form of formsOf(oldest)) this.#forget(form)
      return
    }
  }

  /** The text with `REDACTED` for every known secret, also where JSON or a URL has escaped it. */
  redact(text: string): string {
    if (this.#secrets.size === 0) return text
    let clean = ''
    let kept = 0
    let at = 0
    const last = text.length - shortest
    while (at <= last) {
      const form = this.#starts[startHash(text, at)] === 0 ? undefined : this.#formAt(text, at)
      if (form === undefined) {
        at += 1
      } else {
        clean += text.slice(kept, at) + replacement
        at += form.length
        kept = at
      }
    }
    return kept === 0 ? text : clean + text.slice(kept)
  }

  #formAt(text: string, at: number): string | undefined {
    return this.#byStart.get(text.slice(at, at + shortest))?.find((form) => text.startsWith(form, at))
  }

  #index(form: string): void {
    const start = form.slice(0, shortest)
    const forms = this.#byStart.get(start) ?? []
    if (forms.includes(form)) return
    forms.push(form)
    forms.sort((a, b) => b.length - a.length)
    this.#byStart.set(start, forms)
    const hash = startHash(form, 0)
    this.#starts[hash] = (this.#starts[hash] ?? 0) + 1
  }

  #forget(form: string): void {
    const start = form.slice(0, shortest)
    const forms = this.#byStart.get(start)
    const index = forms?.indexOf(form) ?? -1
    if (forms === undefined || index === -1) return
    forms.splice(index, 1)
    if (forms.length === 0) this.#byStart.delete(start)
    const hash = startHash(form, 0)
    this.#starts[hash] = (this.#starts[hash] ?? 1) - 1
  }
}

/** The ways in which a secret may stand in a printed text. */
function formsOf(secret: string): Set<string> {
  return new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())])
}

function startHash(text: string, at: number): number {
  return (text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)) & 0xffff
}
