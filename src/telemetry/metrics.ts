/** The one registry of metrics of a gateway: where plugins and the node itself put theirs, and what `/metrics` is made of. */

import { AggregatorRegistry, Gauge, Registry } from 'prom-client'
import { type Closable, ResourcePool, type ResourceScope } from '../pdk/resources.ts'
import {
  CounterFamily,
  type FamilyOptions,
  HistogramFamily,
  type HistogramOptions,
  type LabelValues,
} from './metric-families.ts'

/** Content type of what `aggregate` makes. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

export interface GaugeOptions extends FamilyOptions {
  /** How the values of several threads become one. */
  readonly aggregator?: 'sum' | 'first' | 'min' | 'max'
  /** Asked at every scrape; what it does not name is not shown. */
  readonly read: () => Iterable<readonly [LabelValues, number]> | Promise<Iterable<readonly [LabelValues, number]>>
}

/** Metrics of one thread of a gateway. A family is made once, by whoever asks for it first. */
export class Metrics implements Closable {
  readonly #registry = new Registry()
  readonly #families = new Map<string, CounterFamily | HistogramFamily>()
  readonly #refused: CounterFamily

  constructor() {
    const options = { name: 'kong_nginx_metric_errors_total', help: 'Number of series that had no place', labels: [] }
    this.#refused = new CounterFamily(options, this.#registry, () => undefined)
    this.#refused.cell([])
  }

  counter(options: FamilyOptions): CounterFamily {
    const known = this.#families.get(options.name)
    if (known instanceof CounterFamily) return known
    const family = new CounterFamily(options, this.#registry, () => this.#refused.cell([]).add(1))
    this.#families.set(options.name, family)
    return family
  }

  histogram(options: HistogramOptions): HistogramFamily {
    const known = this.#families.get(options.name)
    if (known instanceof HistogramFamily) return known
    const family = new HistogramFamily(options, this.#registry, () => this.#refused.cell([]).add(1))
    this.#families.set(options.name, family)
    return family
  }

  /** A later gauge of the same name takes the place of an earlier one. */
  gauge({ name, help, labels, aggregator = 'sum', read }: GaugeOptions): void {
    this.#registry.removeSingleMetric(name)
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      aggregator,
      registers: [this.#registry],
      async collect() {
        this.reset()
        for (const [values, value] of await read()) {
          if (labels.length === 0) this.set(value)
          else this.set(Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ''])), value)
        }
      },
    })
  }

  /** All families that have a value, as plain objects that may be sent to another thread. */
  async read(): Promise<object[]> {
    const families = await this.#registry.getMetricsAsJSON()
    return families.filter(({ values }) => values.length > 0)
  }

  close(): void {
    this.#registry.clear()
  }
}

const pool = new ResourcePool<Metrics>()

/** The metrics of a gateway's thread. */
export function metricsIn(scope: ResourceScope): Metrics {
  return pool.get(scope, 'metrics', () => new Metrics())
}

/** What this thread has measured, for `aggregate`; may be sent to another thread. */
export function metricsOf(scope: ResourceScope): Promise<object> {
  return metricsIn(scope).read()
}

/**
 * The text that Prometheus reads, over the answers of `metricsOf` of all threads.
 *
 * @example
 * await aggregate([await metricsOf(gateway.host.resources)])
 */
export async function aggregate(list: object[]): Promise<string> {
  return AggregatorRegistry.aggregate(list).metrics()
}
