import { describe, expect, it } from 'vitest'
import { collectSecrets, makeCleaner } from '../../src/shell/secrets.ts'

const SECRET = 's3cr3t+/value=with?odd&bytes'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const base64url = (text: string) => Buffer.from(text).toString('base64url')

describe('collectSecrets', () => {
  it('takes the token, what its name gives away, and what was handed on', () => {
    const env = {
      NPM_TOKEN: 'npm-token-value',
      API_KEY: 'api-key-value',
      client_secret: 'lower-case-value',
      DB_PASSWORD: 'password-value',
      PGPASSWD: 'passwd-value',
      AWS_CREDENTIALS: 'credential-value',
      GPG_PASSPHRASE: 'passphrase-value',
      HOME: '/home/somebody',
      EXTRA: 'extra-value',
      EMPTY_TOKEN: '',
      GONE_TOKEN: undefined,
    }
    expect(collectSecrets(env, 'the-token-value', ['EXTRA', 'NOWHERE']).toSorted()).toEqual([
      'api-key-value',
      'credential-value',
      'extra-value',
      'lower-case-value',
      'npm-token-value',
      'passphrase-value',
      'passwd-value',
      'password-value',
      'the-token-value',
    ])
  })

  it('leaves alone what only sounds secret', () => {
    const env = {
      CHANT_WORKER_TOKEN: 'cookie-value',
      GIT_CONFIG_KEY_0: 'safe.directory',
      SSH_AUTH_SOCK: '/tmp/agent.1',
    }
    expect(collectSecrets(env, '', [])).toEqual([])
  })

  it('leaves alone short values, which would hit ordinary words', () => {
    expect(collectSecrets({ A_KEY: 'true', B_TOKEN: '12345', C_TOKEN: '  x  ' }, 'abc', [])).toEqual([])
    expect(collectSecrets({ A_KEY: '123456' }, '', [])).toEqual(['123456'])
  })

  it('takes headers apart, for programs print their values alone', () => {
    const headers = 'Authorization: Bearer gateway-token\nX-Team: platform\nx-api-key: another-key'
    const { clean } = makeCleaner(collectSecrets({ ANTHROPIC_CUSTOM_HEADERS: headers }, '', []))
    expect(clean('a gateway-token b another-key c platform d')).toBe('a *** b *** c platform d')
  })

  it('takes passwords out of addresses, and keys out of a configuration that is a variable', () => {
    const env = {
      HTTPS_PROXY: 'http://somebody:pr%40xy-word@proxy.invalid:3128',
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        provider: { own: { options: { apiKey: 'inline-key', baseURL: 'x' } } },
      }),
      BROKEN_CONFIG: '{"apiKey": "inline',
    }
    const { clean } = makeCleaner(collectSecrets(env, '', []))
    expect(clean('via http://somebody:pr%40xy-word@proxy.invalid:3128')).toBe(
      'via http://somebody:***@proxy.invalid:3128',
    )
    expect(clean('pr@xy-word, inline-key')).toBe('***, ***')
  })

  it('takes keys of several lines whole and line by line', () => {
    const key = '-----BEGIN KEY-----\r\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n==\n-----END KEY-----\n'
    expect(collectSecrets({ DEPLOY_KEY: key }, '', [])).toEqual([
      key.trim(),
      '-----BEGIN KEY-----',
      'MIIEvQIBADANBg',
      'kqhkiG9w0BAQEF',
      '-----END KEY-----',
    ])
  })
})

describe('makeCleaner', () => {
  const cleaner = makeCleaner([SECRET])

  it.each([
    ['plain', SECRET],
    ['twice', `${SECRET}${SECRET}`],
    ['in a URL', `https://x:${encodeURIComponent(SECRET)}@host/`],
    ['in a URL with small digits', encodeURIComponent(SECRET).toLowerCase()],
    ['in a form', new URLSearchParams({ a: SECRET }).toString()],
    ['base64url', base64url(SECRET)],
    ['base64 without padding', base64(SECRET).replace(/=+$/, '')],
    ['base64 of itself and more', base64(`${SECRET}more`)],
    ...[0, 1, 2, 3, 4].map((size) => [
      `base64 after ${size} bytes`,
      base64(`${'u'.repeat(size)}${SECRET}${'v'.repeat(size)}`),
    ]),
    ...[0, 1, 2].map((size) => [`base64url after ${size} bytes`, base64url(`${'u'.repeat(size)}${SECRET}`)]),
    ['basic authentication', `AUTHORIZATION: basic ${base64(`x-access-token:${SECRET}`)}`],
  ])('finds it %s', (_, text) => {
    expect(cleaner.contains(`before ${text} after`)).toBe(true)
    const cleaned = cleaner.clean(`before ${text} after`)
    expect(cleaned).toContain('***')
    expect(cleaned).not.toContain(SECRET.slice(2, -2))
    expect(cleaned).toMatch(/^before .* after$/)
    // No piece of the base64 form that would give back more than the ends.
    expect(Buffer.from(cleaned, 'base64').toString('latin1')).not.toContain(SECRET.slice(3, -3))
  })

  it('finds one that JSON or a URL writes in another way', () => {
    const odd = makeCleaner(['quote"back\\slash\nline', 'ü & co. geheim'])
    expect(odd.clean(JSON.stringify({ key: 'quote"back\\slash\nline' }))).toBe('{"key":"***"}')
    expect(odd.clean(encodeURIComponent('ü & co. geheim'))).toBe('***')
    expect(odd.clean('ü & co. geheim')).toBe('***')
  })

  it('finds one with spaces and signs in every way that addresses are written', () => {
    const text = "it's (a) secret~ü!*"
    const odd = makeCleaner([text])
    for (const form of [
      encodeURIComponent(text),
      encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
      new URLSearchParams({ a: text }).toString().slice(2),
      new URLSearchParams({ a: text })
        .toString()
        .slice(2)
        .replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ])
      expect(odd.clean(`a ${form} b`)).toBe('a *** b')
  })

  it.each([
    ['hex', Buffer.from(SECRET).toString('hex')],
    ['hex with large digits', Buffer.from(`a${SECRET}b`).toString('hex').toUpperCase()],
  ])('finds it in %s', (_, text) => {
    expect(cleaner.clean(text)).toMatch(/^(61)?\*\*\*(62)?$/)
  })

  it('finds a long one in the lines of a hex dump', () => {
    const lines =
      Buffer.from('0123456789'.repeat(10))
        .toString('hex')
        .match(/.{1,60}/g) ?? []
    const { clean } = makeCleaner(['0123456789'.repeat(10)])
    expect(lines.map(clean)).toEqual(['***', '***', '***', '***'])
  })

  it('finds one that is quoted for a shell, a program, a page, or JSON in JSON', () => {
    const secret = `it's $5 & "ü"\\<x>/y`
    const { clean } = makeCleaner([secret])
    const json = JSON.stringify(secret).slice(1, -1)
    for (const form of [
      json,
      JSON.stringify(JSON.stringify({ key: secret })).slice(12, -4),
      json.replaceAll('/', '\\/'),
      json.replace('ü', '\\u00fc'),
      `it'\\''s $5 & "ü"\\<x>/y`,
      `it'"'"'s $5 & "ü"\\<x>/y`,
      `it's \\$5 & \\"ü\\"\\\\<x>/y`,
      `it\\'s $5 & "ü"\\\\<x>/y`,
      `it\\'s\\ \\$5\\ \\&\\ \\"ü\\"\\\\\\<x\\>/y`,
      `it's $5 &amp; "ü"\\&lt;x&gt;/y`,
      `it&#39;s $5 &amp; &quot;ü&quot;\\&lt;x&gt;/y`,
    ])
      expect(clean(`a ${form} b`)).toBe('a *** b')
  })

  it('finds every line of a key', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----'
    const cleaned = makeCleaner(collectSecrets({ K_KEY: key }, '', [])).clean(`1 ${key}\n2 kqhkiG9w0BAQEF`)
    expect(cleaned).toBe('1 ***\n2 ***')
  })

  it.each([64, 76])('finds a long one whose base64 is broken into lines of %i', (width) => {
    const key = Array.from({ length: 12 }, (_, i) => `line ${i} of a key that is long: ${'0123456789'.repeat(3)}`).join(
      '\n',
    )
    const lines = base64(`${key}\n`).match(new RegExp(`.{1,${width}}`, 'g')) ?? []
    const cleaner = makeCleaner(collectSecrets({ K_KEY: key }, '', []))
    // Of the last line at most what the line end after the key made of its last character.
    for (const line of lines) expect(cleaner.clean(line)).toMatch(/^\*\*\*.{0,4}$/)
  })

  it('takes characters of patterns as they are', () => {
    const cleaner = makeCleaner(['a.c*d+(e)[f]{2}|^$\\w'])
    expect(cleaner.clean('a.c*d+(e)[f]{2}|^$\\w')).toBe('***')
    expect(cleaner.clean('abc*d+(e)[f]{2}|^$\\w')).toBe('abc*d+(e)[f]{2}|^$\\w')
  })

  it('takes the longest where one holds another', () => {
    expect(makeCleaner(['secret', 'secret-and-more']).clean('secret-and-more secret')).toBe('*** ***')
  })

  it('leaves other text alone, and does nothing without secrets', () => {
    expect(cleaner.clean('nothing here')).toBe('nothing here')
    expect(cleaner.contains('nothing here')).toBe(false)
    const none = makeCleaner([])
    expect([none.clean(SECRET), none.contains(SECRET), none.longest]).toEqual([SECRET, false, 0])
    expect(makeCleaner(['']).clean('text')).toBe('text')
  })

  it('answers the same each time it is asked', () => {
    expect([1, 2, 3].map(() => cleaner.contains(`x ${SECRET}`))).toEqual([true, true, true])
  })

  it('tells how much a reader of pieces must hold back', () => {
    expect(cleaner.longest).toBeGreaterThanOrEqual(encodeURIComponent(SECRET).length)
  })
})
