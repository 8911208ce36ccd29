import { describe, expect, test } from 'vitest'
import { readSettings, type Settings } from '../../src/settings/index.ts'

interface Input {
  argv?: string[]
  env?: Record<string, string>
  files?: Record<string, string>
}

function read({ argv = [], env = {}, files = {} }: Input) {
  const readFile = (path: string) => {
    const text = files[path]
    if (text === undefined) throw new Error('no such file')
    return text
  }
  return readSettings({ argv, env, readFile })
}

function settingsOf(input: Input): Settings {
  const result = read(input)
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.settings
}

function warningsOf(input: Input): string[] {
  const result = read(input)
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.warnings
}

function problemsOf(input: Input): string[] {
  const result = read(input)
  return result.ok ? [] : result.problems
}

describe('defaults', () => {
  test('nothing given is a working gateway whose Admin API only this machine reaches', () => {
    const result = read({})
    expect(result).toMatchObject({
      ok: true,
      warnings: [],
      settings: {
        proxy_listen: [{ host: '0.0.0.0', port: 8000, ssl: false }],
        admin_listen: [{ host: '127.0.0.1', port: 8001, ssl: false }],
        status_listen: [{ host: '127.0.0.1', port: 8100, ssl: false }],
        admin_token: null,
        declarative_config: null,
        router_flavor: 'traditional_compatible',
        plugins: ['bundled'],
        plugin_paths: [],
        nginx_worker_processes: 'auto',
        log_level: 'notice',
        trusted_ips: [],
        real_ip_header: 'x-real-ip',
        real_ip_recursive: false,
        headers_upstream: ['X-Kong-Request-Id'],
        error_default_type: 'text/plain',
        nginx_http_client_max_body_size: 100 * 1024 * 1024,
        client_header_max_size: 16384,
        client_header_timeout: 60,
        client_body_timeout: 60,
        keepalive_timeout: 75,
        upstream_keepalive_pool_size: 512,
        upstream_keepalive_max_requests: 10000,
        upstream_keepalive_idle_timeout: 60,
        upstream_total_timeout: 0,
        drain_timeout: 30,
        max_buffered_response: 16 * 1024 * 1024,
        tls_certificate_verify: true,
        ready_json: false,
      },
    })
  })

  test('header tokens stand for their headers', () => {
    expect(settingsOf({}).headers).toEqual([
      'Server',
      'Via',
      'X-Kong-Proxy-Latency',
      'X-Kong-Upstream-Latency',
      'X-Kong-Response-Latency',
      'X-Kong-Admin-Latency',
      'X-Kong-Request-Id',
    ])
  })
})

describe('precedence', () => {
  const files = { 'a.conf': 'log_level = debug\n' }

  test('a file wins over defaults', () => {
    expect(settingsOf({ argv: ['--conf', 'a.conf'], files }).log_level).toBe('debug')
  })

  test('a variable wins over the file, a flag over both', () => {
    const env = { TOLLGATE_LOG_LEVEL: 'warn', TOLLGATE_CONF: 'a.conf' }
    expect(settingsOf({ env, files }).log_level).toBe('warn')
    expect(settingsOf({ env, files, argv: ['--log-level', 'crit'] }).log_level).toBe('crit')
  })

  test('the flag --conf wins over TOLLGATE_CONF', () => {
    const both = { ...files, 'b.conf': 'log_level = emerg' }
    expect(settingsOf({ argv: ['-c', 'b.conf'], env: { TOLLGATE_CONF: 'a.conf' }, files: both }).log_level).toBe(
      'emerg',
    )
  })

  test('an empty variable or flag counts as not written', () => {
    const env = { TOLLGATE_LOG_LEVEL: ' ', TOLLGATE_CONF: 'a.conf' }
    expect(settingsOf({ env, files, argv: ['--log-level='] }).log_level).toBe('debug')
  })
})

describe('flags', () => {
  test.each([
    [['--proxy-listen', '127.0.0.1:9']],
    [['--proxy_listen', '127.0.0.1:9']],
    [['--proxy-listen=127.0.0.1:9']],
    [['--proxy_listen=127.0.0.1:9']],
    [['--proxy-listen=127.0.0.1:7', '--proxy-listen=127.0.0.1:9']],
  ])('%j sets proxy_listen', (argv) => {
    expect(settingsOf({ argv }).proxy_listen).toEqual([{ host: '127.0.0.1', port: 9, ssl: false }])
  })

  test('--config names the declarative file', () => {
    expect(settingsOf({ argv: ['--config', 'kong.yaml'] }).declarative_config).toBe('kong.yaml')
    expect(settingsOf({ argv: ['--config=kong.yaml'] }).declarative_config).toBe('kong.yaml')
  })

  test('a switch needs no value, and takes one', () => {
    expect(settingsOf({ argv: ['--real-ip-recursive'] }).real_ip_recursive).toBe(true)
    expect(settingsOf({ argv: ['--real-ip-recursive', '--log-level', 'info'] })).toMatchObject({
      real_ip_recursive: true,
      log_level: 'info',
    })
    expect(settingsOf({ argv: ['--tls-certificate-verify', 'off'] }).tls_certificate_verify).toBe(false)
  })

  test('an unknown flag is refused once, with the name that was probably meant', () => {
    expect(problemsOf({ argv: ['--proxy-listn', '127.0.0.1:9'] })).toEqual([
      'flag --proxy-listn is not known; did you mean --proxy-listen?',
    ])
    expect(problemsOf({ argv: ['--completely-different=1', '-z'] })).toEqual([
      'flag --completely-different is not known',
      'flag -z is not known',
    ])
  })

  test('a flag without its value and a stray argument are refused', () => {
    expect(problemsOf({ argv: ['--log-level', '--plugins', 'off', 'stray'] })).toEqual([
      'flag --log-level has no value; write --log-level VALUE or --log-level=VALUE',
      'argument "stray" is not expected; settings are given as --name value',
    ])
    expect(problemsOf({ argv: ['--log-level'] })).toHaveLength(1)
  })

  test('names of object members are not flags', () => {
    expect(problemsOf({ argv: ['--constructor=1', '--__proto__=1'] })).toHaveLength(2)
  })
})

describe('environment', () => {
  test('an unknown TOLLGATE_ variable gives a warning with a hint', () => {
    expect(warningsOf({ env: { TOLLGATE_LOGLEVEL: 'info', TOLLGATE_QQQQQQ: '', HOME: '/' } })).toEqual([
      'env TOLLGATE_LOGLEVEL is not known and has no effect; did you mean TOLLGATE_LOG_LEVEL?',
      'env TOLLGATE_QQQQQQ is not known and has no effect',
    ])
  })

  test('variables that Kubernetes sets for a service named tollgate are passed over', () => {
    const env = {
      TOLLGATE_SERVICE_HOST: '10.0.0.1',
      TOLLGATE_PORT: 'tcp://10.0.0.1:80',
      TOLLGATE_PORT_80_TCP_ADDR: '1',
    }
    expect(warningsOf({ env })).toEqual([])
  })

  test('KONG_ variables of settings are named with their new name', () => {
    expect(warningsOf({ env: { KONG_LOG_LEVEL: 'info', KONG_PG_HOST: 'x' } })).toEqual([
      'env KONG_LOG_LEVEL has no effect; name it TOLLGATE_LOG_LEVEL',
    ])
  })

  test('names of Kong without effect are told', () => {
    const env = { TOLLGATE_PG_HOST: 'x', TOLLGATE_NGINX_HTTP_KEEPALIVE_TIMEOUT: '5' }
    expect(warningsOf({ env })).toEqual([
      'env TOLLGATE_PG_HOST: pg_host is a setting of Kong that has no effect here',
      'env TOLLGATE_NGINX_HTTP_KEEPALIVE_TIMEOUT has no effect; use TOLLGATE_KEEPALIVE_TIMEOUT',
    ])
  })
})

describe('file', () => {
  const conf = (text: string): Input => ({ argv: ['--conf', 'a.conf'], files: { 'a.conf': text } })

  test('comments, escapes, blanks, a byte order mark and CRLF are understood', () => {
    const text =
      '\uFEFF# all\r\nlog_level=info # more\r\n\r\n  admin_token = secret\\#with-a-hash-in-it \r\nnode_id =\r\n'
    expect(settingsOf(conf(text))).toMatchObject({
      log_level: 'info',
      admin_token: 'secret#with-a-hash-in-it',
      node_id: null,
    })
  })

  test('settings of Kong and unknown ones are warnings, by line', () => {
    expect(
      warningsOf(conf('database = off\nnginx_main_user = x\nlog_levl = info\nnginx_http_keepalive_timeout = 5')),
    ).toEqual([
      'a.conf:1: database is a setting of Kong that has no effect here',
      'a.conf:2: nginx_main_user is a setting of Kong that has no effect here',
      'a.conf:3: log_levl is not known and has no effect; did you mean log_level?',
      'a.conf:4: nginx_http_keepalive_timeout has no effect here; use keepalive_timeout',
    ])
  })

  test('of two lines with one name the last holds, with a warning', () => {
    const input = conf('log_level = info\nlog_level = warn')
    expect(settingsOf(input).log_level).toBe('warn')
    expect(warningsOf(input)).toEqual(['a.conf:2: log_level is written again and replaces that of a.conf:1'])
  })

  test('a line that is no setting is refused by its number', () => {
    expect(problemsOf(conf('log_level info\n= 3\na b = 1'))).toEqual(
      [1, 2, 3].map(
        (line) => `a.conf:${line}: this line is not of the form "name = value"; mend it or begin it with #`,
      ),
    )
  })

  test('a file that cannot be read is refused', () => {
    expect(problemsOf({ argv: ['--conf=none.conf'] })).toEqual([
      'settings file none.conf cannot be read: no such file; mend the path given by --conf or TOLLGATE_CONF',
    ])
  })
})

describe('problems', () => {
  test('all are told at once, each with its place', () => {
    const problems = problemsOf({
      argv: ['--conf', 'a.conf', '--log-level', 'loud', '--nope'],
      env: { TOLLGATE_CLIENT_HEADER_MAX_SIZE: 'big' },
      files: { 'a.conf': '\nplugins = a b\n' },
    })
    expect(problems).toEqual([
      'flag --nope is not known',
      'plugins (a.conf:2): "a b" is not a plugin name; write bundled, off, or names separated by commas',
      expect.stringMatching(/^log_level \(flag --log-level\): "loud" is not known; write one of: debug, info/),
      'client_header_max_size (env TOLLGATE_CLIENT_HEADER_MAX_SIZE): "big" is not a size; write bytes, or a number with k, m or g',
    ])
  })

  test('an Admin API that other machines reach needs a token', () => {
    const open = '127.0.0.1:8001, 0.0.0.0:8002, [::]:8003'
    expect(problemsOf({ argv: ['--admin-listen', open] })).toEqual([
      'admin_listen (flag --admin-listen): 0.0.0.0:8002, [::]:8003 can be reached from other machines; set admin_token, or listen on 127.0.0.1',
    ])
    const env = { TOLLGATE_ADMIN_TOKEN: '{vault://env/ADMIN_TOKEN}' }
    expect(settingsOf({ argv: ['--admin-listen', open], env }).admin_token).toBe('{vault://env/ADMIN_TOKEN}')
    for (const local of ['127.8.0.1:1', '[::1]:1', 'localhost:1', '[::ffff:127.0.0.1]:1', 'off']) {
      expect(problemsOf({ argv: ['--admin-listen', local] })).toEqual([])
    }
  })

  test('two listeners on one address are refused, except on port 0', () => {
    expect(problemsOf({ argv: ['--status-listen=[::1]:8001', '--admin-listen=[::1]:8001'] })).toEqual([
      'status_listen (flag --status-listen): [::1]:8001 is already taken by admin_listen (flag --admin-listen); choose another port',
    ])
    expect(problemsOf({ argv: ['--status-listen=127.0.0.1:0', '--admin-listen=127.0.0.1:0'] })).toEqual([])
  })

  test('two configurations, and certificates without keys, are refused', () => {
    const argv = ['--config=a.yaml', '--declarative-config-string={}', '--ssl-cert=a.pem,b.pem', '--ssl-cert-key=a.key']
    const problems = problemsOf({ argv })
    expect(problems).toHaveLength(2)
    expect(problems[0]).toContain('are both set; keep one')
    expect(problems[1]).toContain('has 2 entries and ssl_cert_key (flag --ssl-cert-key) has 1')
  })

  test('a vault reference is refused where it would not be resolved', () => {
    const problems = problemsOf({ env: { TOLLGATE_LOG_LEVEL: '{vault://env/LEVEL}', TOLLGATE_CONF: '' } })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^log_level \(env TOLLGATE_LOG_LEVEL\): references are read only in admin_token,/)
  })
})

test.each(['{vault:/env/TOKEN}', '{vault://env/MY TOKEN}', '{vault://env/TOKEN'])(
  'the token %s is refused',
  (token) => {
    expect(problemsOf({ env: { TOLLGATE_ADMIN_TOKEN: token } })).toEqual([
      'admin_token (env TOLLGATE_ADMIN_TOKEN) is not a valid reference; write {vault://env/NAME}',
    ])
  },
)

describe('warnings', () => {
  test('name what has no effect, and a token that may be guessed', () => {
    const argv = ['--proxy-listen=127.0.0.1:0 http2', '--worker-consistency=eventual', '--trusted-ips=unix:,::/0']
    const input = { argv: [...argv, '--admin-token=hunter2'] }
    const warnings = warningsOf(input)
    expect(warnings).toEqual([
      'proxy_listen (flag --proxy-listen): "http2" of 127.0.0.1:0 has no effect: HTTP/1.1 is served',
      'worker_consistency (flag --worker-consistency) has no effect; remove it',
      'trusted_ips (flag --trusted-ips): "unix:" has no effect; Unix sockets are not served',
      'admin_token (flag --admin-token) is shorter than 16 characters and may be guessed; choose a longer one',
    ])
    expect(warnings.join()).not.toContain('hunter2')
  })
})
