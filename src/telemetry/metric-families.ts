/** Counters and histograms whose series are plain numbers, because prom-client hashes and checks all labels at every step. */

import { Counter, Histogram, type Registry } from 'prom-client'

export interface FamilyOptions {
  /** As Prometheus shows it, `kong_` included. */
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
}

export interface HistogramOptions extends FamilyOptions {
  /** Upper bounds, ascending; `+Inf` is implied. */
  readonly buckets: readonly number[]
}

/** Label values in the order of the family's labels. */
export type LabelValues = readonly string[]

/** Called where a further series would make a family larger than it may be. */
export type OnRefusal = () => void

/** Series of one family; labels come from configuration, so that only a mistake reaches it. */
const maxSeries = 20_000

/** One series of a counter. */
export class CounterCell {
  value = 0

  /** @param amount finite and not negative */
  add(amount: number): void {
    this.value += amount
  }
}

/** One series of a histogram. */
export class HistogramCell {
  readonly #bounds: readonly number[]
  /** Observations of each bucket alone; the last is beyond all bounds. */
  readonly counts: number[]
  sum = 0

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.counts = new Array<number>(bounds.length + 1).fill(0)
  }

  observe(value: number): void {
    const bounds = this.#bounds
    let index = 0
    while (index < bounds.length && value > (bounds[index] ?? Infinity)) index += 1
    this.counts[index] = (this.counts[index] ?? 0) + 1
    this.sum += value
  }
}

/** The series of one family by their labels. */
class Series<Cell> {
  readonly #names: readonly string[]
  readonly #create: () => Cell
  readonly #onRefusal: OnRefusal
  readonly #cells = new Map<string, { labels: Record<string, string>; cell: Cell }>()
  /** Takes what has no place, and is not shown. */
  readonly #surplus: Cell

  constructor(names: readonly string[], create: () => Cell, onRefusal: OnRefusal) {
    this.#names = names
    this.#create = create
    this.#onRefusal = onRefusal
    this.#surplus = create()
  }

  cell(values: LabelValues): Cell {
    const key = JSON.stringify(values)
    const known = this.#cells.get(key)
    if (known !== undefined) return known.cell
    if (this.#cells.size >= maxSeries) {
      this.#onRefusal()
      return this.#surplus
    }
    const labels: Record<string, string> = {}
    for (const [index, name] of this.#names.entries()) labels[name] = values[index] ?? ''
    const cell = this.#create()
    this.#cells.set(key, { labels, cell })
    return cell
  }

  all(): { labels: Record<string, string>; cell: Cell }[] {
    return [...this.#cells.values()]
  }
}

/** A counter; ask for a series once, keep it, and add to it for nothing. */
export class CounterFamily extends Counter {
  readonly #series: Series<CounterCell>

  constructor({ name, help, labels }: FamilyOptions, registry: Registry, onRefusal: OnRefusal) {
    super({ name, help, labelNames: [...labels], registers: [registry] })
    this.#series = new Series(labels, () => new CounterCell(), onRefusal)
  }

  cell(values: LabelValues): CounterCell {
    return this.#series.cell(values)
  }

  override async get() {
    const values = this.#series.all().map(({ labels, cell }) => ({ labels, value: cell.value }))
    return { ...(await super.get()), values }
  }
}

/** A histogram; ask for a series once, keep it, and observe for nothing. */
export class HistogramFamily extends Histogram {
  readonly #name: string
  readonly #bounds: readonly number[]
  readonly #series: Series<HistogramCell>

  constructor({ name, help, labels, buckets }: HistogramOptions, registry: Registry, onRefusal: OnRefusal) {
    super({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] })
    this.#name = name
    this.#bounds = buckets
    this.#series = new Series(labels, () => new HistogramCell(buckets), onRefusal)
  }

  cell(values: LabelValues): HistogramCell {
    return this.#series.cell(values)
  }

  override async get() {
    const values = this.#series.all().flatMap(({ labels, cell }) => this.#rows(labels, cell))
    return { ...(await super.get()), values }
  }

  #rows(labels: Record<string, string>, { counts, sum }: HistogramCell) {
    let count = 0
    const rows = counts.map((own, index) => {
      count += own
      const le = this.#bounds[index] ?? '+Inf'
      return { metricName: `${this.#name}_bucket`, labels: { ...labels, le }, value: count }
    })
    return [
      ...rows,
      { metricName: `${this.#name}_sum`, labels, value: sum },
      { metricName: `${this.#name}_count`, labels, value: count },
    ]
  }
}
