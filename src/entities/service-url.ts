/** The write-only `url` of a service, which stands for its protocol, host, port and path. */

const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  grpc: 80,
  grpcs: 443,
  ws: 80,
  wss: 443,
}

/** Replaces `url` by the fields that it stands for; what cannot be read as a URL is left for the schema to refuse. */
export function expandUrl(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { url, ...rest } = raw
  if (typeof url !== 'string') return { ...raw }
  const parts = /^(?:([a-z_]+):\/\/)?(\[[^\]]+\]|[^:/?#]+)(?::(\d+))?(\/[^?#]*)?$/i.exec(url)
  if (parts === null) return { ...raw }
  const [, scheme, host, portText, path] = parts
  const port = portText === undefined ? undefined : Number(portText)
  const protocol = scheme?.toLowerCase() ?? (port === 443 ? 'https' : 'http')
  return {
    ...rest,
    protocol,
    host,
    port: port ?? defaultPorts[protocol] ?? 80,
    ...(path === undefined ? {} : { path }),
  }
}
