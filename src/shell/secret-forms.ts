/** Shorter values, and shorter forms of values, hit ordinary words: removing them would tell more than it hides. */
export const SHORTEST = 6

/** How programs write a secret: as it is, in addresses, in base64, in hex, and inside the quotes of others. */
export function formsOf(secret: string): readonly string[] {
  const forms = [secret, ...addressForms(secret), ...base64Forms(secret), ...hexForms(secret), ...quotedForms(secret)]
  return forms.filter((form) => form.length >= SHORTEST)
}

/**
 * A secret inside a longer base64 text starts at one of three offsets; for each, the characters that do not depend on
 * its neighbours are looked for (`basic` authentication is `user:secret` in base64).
 */
function base64Forms(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
    const encoded = bytes.toString('base64').replace(/=+$/, '')
    const from = Math.ceil((offset * 8) / 6)
    const to = Math.floor((bytes.length * 8) / 6)
    const middle = encoded.slice(from, to)
    // Tools break a long text into lines: GNU base64 after 76 characters, openssl after 64.
    const lines = offset === 0 ? [...pieces(middle, 64), ...pieces(middle, 76)] : []
    return [middle, middle.replaceAll('+', '-').replaceAll('/', '_'), ...lines]
  })
}

/** With small and with large digits, whole and in the lines of `xxd -p`. */
function hexForms(secret: string): readonly string[] {
  const hex = Buffer.from(secret).toString('hex')
  return [hex, ...pieces(hex, 60)].flatMap((form) => [form, form.toUpperCase()])
}

const pieces = (text: string, length: number): readonly string[] => text.match(new RegExp(`.{1,${length}}`, 'g')) ?? []

/** Inside the quotes of JSON (also of JSON in JSON, and as PHP and Python write it), of shells, of program texts and of HTML. */
function quotedForms(secret: string): readonly string[] {
  const json = inJson(secret)
  return [
    json,
    inJson(json),
    json.replaceAll('/', '\\/'),
    json.replace(/[^\0-\x7f]/g, unicodeEscape),
    secret.replaceAll("'", `'\\''`),
    secret.replaceAll("'", `'"'"'`),
    secret.replace(/["$`\\]/g, '\\$&'),
    secret.replace(/['\\]/g, '\\$&'),
    // `printf %q` of bash, which leaves these alone.
    secret.replace(/[^\w@%+=:./~#\n\x80-\uffff-]/g, '\\$&'),
    secret.replace(/[&<>]/g, htmlName),
    secret.replace(/[&<>"]/g, htmlName),
    ...['&#39;', '&#x27;', '&apos;'].map((quote) => secret.replace(/[&<>"]/g, htmlName).replaceAll("'", quote)),
  ]
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

const HTML_NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const htmlName = (character: string): string => HTML_NAMES[character] ?? character

/** As browsers and forms write it in an address, with large and with small digits. */
function addressForms(secret: string): readonly string[] {
  // A lone half of a character has no form of its own.
  const forms = [encodeURIComponent(secret.toWellFormed()), new URLSearchParams({ a: secret }).toString().slice(2)]
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())])
}
