/** The expressions that may stand in a template: the part of Lua that reads values and chooses between them. */

/** As in Lua: `undefined` is nil, and only nil and false are not true. */
export type Value = string | number | boolean | undefined

/** Where an expression finds its values. */
export interface Environment {
  header(name: string): Value
  query(name: string): Value
  /** A number counts from 1; 0 is the whole match. */
  capture(name: string | number): Value
  shared(path: readonly (string | number)[]): Value
}

export type Expression = (environment: Environment) => Value

/** An expression that the gateway does not run. */
export class UnsupportedExpression extends Error {}

type Token = { readonly kind: 'name' | 'string' | 'number' | 'symbol'; readonly text: string }

const keywords = new Set(['or', 'and', 'not', 'nil', 'true', 'false', 'function', 'return', 'if', 'local'])
const pattern =
  /\s*(?:(?<name>[A-Za-z_]\w*)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>\d+(?:\.\d+)?)|(?<symbol>\.\.|==|~=|[.[\]()]))/sy

/**
 * Reads the expression that begins at `start` and ends before the parenthesis that closes it; answers where that stands.
 * Throws UnsupportedExpression.
 */
export function parseExpression(text: string, start: number): { expression: Expression; end: number } {
  const parser = new Parser(text, start)
  const expression = parser.either()
  return { expression, end: parser.close() }
}

class Parser {
  readonly #text: string
  #position: number
  #next: Token | null = null
  #nextStart = 0

  constructor(text: string, start: number) {
    this.#text = text
    this.#position = start
    this.#advance()
  }

  /** Index of the closing parenthesis. */
  close(): number {
    if (this.#next?.text !== ')') this.#refuse()
    return this.#nextStart
  }

  either(): Expression {
    let left = this.#both()
    while (this.#take('or')) left = or(left, this.#both())
    return left
  }

  #both(): Expression {
    let left = this.#comparison()
    while (this.#take('and')) left = and(left, this.#comparison())
    return left
  }

  #comparison(): Expression {
    let left = this.#concatenation()
    for (;;) {
      if (this.#take('==')) left = equal(left, this.#concatenation(), true)
      else if (this.#take('~=')) left = equal(left, this.#concatenation(), false)
      else return left
    }
  }

  #concatenation(): Expression {
    let left = this.#unary()
    while (this.#take('..')) left = concatenate(left, this.#unary())
    return left
  }

  #unary(): Expression {
    if (!this.#take('not')) return this.#primary()
    const operand = this.#unary()
    return (environment) => !isTrue(operand(environment))
  }

  #primary(): Expression {
    const token = this.#next
    if (token === null) return this.#refuse()
    if (this.#take('(')) {
      const inner = this.either()
      if (!this.#take(')')) this.#refuse()
      return inner
    }
    if (token.kind === 'string' || token.kind === 'number') {
      this.#advance()
      const value = token.kind === 'string' ? unquote(token.text) : Number(token.text)
      return () => value
    }
    if (this.#take('nil')) return () => undefined
    if (this.#take('true')) return () => true
    if (this.#take('false')) return () => false
    if (token.kind !== 'name' || keywords.has(token.text)) this.#refuse()
    return this.#reference(token.text)
  }

  #reference(root: string): Expression {
    if (root !== 'headers' && root !== 'query_params' && root !== 'uri_captures' && root !== 'shared') this.#refuse()
    this.#advance()
    const path = this.#path()
    const [key] = path
    if (key === undefined) return this.#refuse()
    if (root === 'shared') return (environment) => environment.shared(path)
    if (path.length > 1) this.#refuse()
    if (root === 'uri_captures') return (environment) => environment.capture(key)
    const name = String(key)
    return root === 'headers' ? (environment) => environment.header(name) : (environment) => environment.query(name)
  }

  #path(): (string | number)[] {
    const path: (string | number)[] = []
    for (;;) {
      if (this.#take('.')) {
        const key = this.#next
        if (key?.kind !== 'name') return this.#refuse()
        path.push(key.text)
        this.#advance()
      } else if (this.#take('[')) {
        const key = this.#next
        if (key?.kind !== 'string' && key?.kind !== 'number') return this.#refuse()
        path.push(key.kind === 'string' ? unquote(key.text) : Number(key.text))
        this.#advance()
        if (!this.#take(']')) this.#refuse()
      } else return path
    }
  }

  #take(text: string): boolean {
    if (this.#next?.text !== text || this.#next.kind === 'string') return false
    this.#advance()
    return true
  }

  #advance(): void {
    pattern.lastIndex = this.#position
    const groups = pattern.exec(this.#text)?.groups
    if (groups === undefined) {
      this.#next = null
      return
    }
    for (const kind of ['name', 'string', 'number', 'symbol'] as const) {
      const text = groups[kind]
      if (text === undefined) continue
      this.#next = { kind, text }
      this.#nextStart = pattern.lastIndex - text.length
    }
    this.#position = pattern.lastIndex
  }

  #refuse(): never {
    const rest = this.#text.slice(this.#next === null ? this.#position : this.#nextStart).trimStart()
    const hint = rest.startsWith('-') ? "; a name with a dash is written headers['x-name']" : ''
    throw new UnsupportedExpression(
      `cannot read the template at '${rest.slice(0, 20)}'${hint}; supported are headers.x, query_params.x, ` +
        "uri_captures.x, uri_captures[1], shared.x, texts, numbers, 'or', 'and', 'not', '==', '~=', '..' and parentheses, but no other Lua",
    )
  }
}

function isTrue(value: Value): boolean {
  return value !== undefined && value !== false
}

function or(left: Expression, right: Expression): Expression {
  return function eitherOf(environment) {
    const value = left(environment)
    return isTrue(value) ? value : right(environment)
  }
}

function and(left: Expression, right: Expression): Expression {
  return function bothOf(environment) {
    const value = left(environment)
    return isTrue(value) ? right(environment) : value
  }
}

function equal(left: Expression, right: Expression, wanted: boolean): Expression {
  return (environment) => (left(environment) === right(environment)) === wanted
}

function concatenate(left: Expression, right: Expression): Expression {
  return (environment) => `${left(environment) ?? ''}${right(environment) ?? ''}`
}

function unquote(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
  return text.slice(1, -1).replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character)
}
