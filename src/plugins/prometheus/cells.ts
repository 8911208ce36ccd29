/** The series of one place (service, route, consumer), found once and then added to without a label being looked at. */

import type { CounterCell, HistogramCell } from '../../telemetry/metric-families.ts'
import type { Families } from './families.ts'

const workspace = 'default'

/** Families are looked up when a group of metrics is first asked for, so that what is switched off shows nothing. */
export class PlaceCells {
  readonly #families: Families
  readonly #service: string
  readonly #route: string
  readonly #consumer: string
  readonly #requests = new Map<number, { service?: CounterCell; kong?: CounterCell }>()
  #latencies: Record<'kong' | 'upstream' | 'request', HistogramCell> | undefined
  #bytes: Record<'ingress' | 'egress', CounterCell> | undefined

  constructor(families: Families, service: string, route: string, consumer: string) {
    this.#families = families
    this.#service = service
    this.#route = route
    this.#consumer = consumer
  }

  /** At most as many as there are statuses. */
  requests(status: number, source: 'service' | 'kong'): CounterCell {
    let bySource = this.#requests.get(status)
    if (bySource === undefined) {
      bySource = {}
      this.#requests.set(status, bySource)
    }
    bySource[source] ??= this.#families.requests.cell([
      this.#service,
      this.#route,
      String(status),
      source,
      workspace,
      this.#consumer,
    ])
    return bySource[source]
  }

  get latencies(): Record<'kong' | 'upstream' | 'request', HistogramCell> {
    const { kongLatency, upstreamLatency, requestLatency } = this.#families
    const labels = () => [this.#service, this.#route, workspace]
    this.#latencies ??= {
      kong: kongLatency.cell(labels()),
      upstream: upstreamLatency.cell(labels()),
      request: requestLatency.cell(labels()),
    }
    return this.#latencies
  }

  get bytes(): Record<'ingress' | 'egress', CounterCell> {
    const { bandwidth } = this.#families
    const cell = (direction: string) =>
      bandwidth.cell([this.#service, this.#route, direction, workspace, this.#consumer])
    this.#bytes ??= { ingress: cell('ingress'), egress: cell('egress') }
    return this.#bytes
  }
}

/** Places by service, route and consumer, all of which configuration names. */
export class Places {
  readonly #families: Families
  readonly #byService = new Map<string, Map<string, Map<string, PlaceCells>>>()

  constructor(families: Families) {
    this.#families = families
  }

  of(service: string, route: string, consumer: string): PlaceCells {
    // Maps in maps: names are there already, whereas a joined key would be made anew for each request.
    const byRoute = childOf(this.#byService, service)
    const byConsumer = childOf(byRoute, route)
    let cells = byConsumer.get(consumer)
    if (cells === undefined) {
      cells = new PlaceCells(this.#families, service, route, consumer)
      byConsumer.set(consumer, cells)
    }
    return cells
  }
}

function childOf<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let child = map.get(key)
  if (child === undefined) {
    child = new Map()
    map.set(key, child)
  }
  return child
}
