import type { FailureReason } from './event.ts'
import { LONGEST_WAIT } from './json.ts'

/** Words of accounts that are used up. Vendors answer them with 400, 402, 403 or 429, so they are looked for first. */
const NO_MONEY =
  /insufficient[_ ](?:quota|credits?|balance|funds)|credit balance|out of credits|payment required|billing(?: details|_|[ -](?:error|issue|hard))|spend(?:ing)? limit|usage limit|quota[_ ]exceeded|exceeded your (?:current|monthly) quota|exhausted your (?:\w+ )?(?:quota|capacity)/i
const TOO_MANY = /rate.?limit|too many requests|resource.?exhausted/i
const NO_ANSWER = /overloaded|high demand|at capacity|service unavailable|internal server error|bad gateway/i
const NO_KEY =
  /authenticat|unauthori[sz]ed|invalid (?:api|x-api)[ -]?key|api key (?:not|is|was)|no api key|not logged in|please (?:run )?\/?log ?in|invalid bearer/i
const NO_LINE =
  /ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|socket hang up|fetch failed|connection (?:was )?(?:error|closed|reset|refused)|(?:unable to|cannot) connect|stream (?:disconnected|closed)|reading a body|unexpected EOF|network (?:error|failure|is )|error sending request/i
/**
 * A model that is not there, or not for this key: vendors say so with 400, 403 or 404, some CLIs before they ask. What a request may not
 * have with a model that is there (`… is not supported with this model`) is something else.
 */
const NO_MODEL =
  /\b(?:model|deployment)\b[^\n]{0,160}?\b(?:does(?: not|n['’]t) exist|not exist|(?:is|was) (?:not (?:found|supported|available)|unknown)|not found|identifier is invalid)|\b(?:unknown|invalid|unrecogni[sz]ed) model\b|\bnot a valid model\b|\bnot have access to (?:the )?(?:\w+ )?model\b|\bnot found the model\b|issue with the selected model|\bmodels\/\S{1,160} is not found/i
/** The same as vendors have it in JSON. */
const NO_MODEL_CODE = /model_not_(?:found|supported)|DeploymentNotFound|not_found_error[^\n]{0,160}\bmodel:|^model: /
/** It goes on with such a name all the same. */
const GOES_ON = /^.*using custom model id.*$/gim
/** Answers that may be about the model. */
const ABOUT_MODELS: ReadonlySet<number> = new Set([400, 403, 404])
/** What Node says of a connection that was closed; a shell says `Terminated` of something else. */
const CLOSED = /(?:^|: )terminated\b/

/** Why a request failed, by the status of the answer and by what was said; `crash` where neither tells. */
export function failureOf(status: number | undefined, text: string): FailureReason {
  if (NO_MONEY.test(text)) return 'quota'
  const known = status ?? statusIn(text)
  if (known === undefined) return byWords(text)
  return ABOUT_MODELS.has(known) && namesNoModel(text) ? 'model' : byStatus(known)
}

function byWords(text: string): FailureReason {
  if (TOO_MANY.test(text)) return 'rate-limit'
  if (NO_ANSWER.test(text)) return 'overloaded'
  if (namesNoModel(text)) return 'model'
  if (NO_KEY.test(text)) return 'auth'
  return NO_LINE.test(text) || CLOSED.test(text) ? 'network' : 'crash'
}

function namesNoModel(text: string): boolean {
  const said = text.replace(GOES_ON, '')
  return NO_MODEL.test(said) || NO_MODEL_CODE.test(said)
}

function byStatus(status: number): FailureReason {
  if (status === 401) return 'auth'
  if (status === 402) return 'quota'
  // Nothing is there for this key.
  if (status === 403 || status === 404) return 'permission'
  if (status === 408) return 'network'
  if (status === 429) return 'rate-limit'
  return status >= 500 ? 'overloaded' : 'crash'
}

/** An HTTP error status that a sentence names as one: `last status: 429`, `API Error: 529`, `401 Unauthorized`, `500 {…`. */
export function statusIn(text: string): number | undefined {
  const found =
    /^([45]\d\d)\b/.exec(text) ??
    /\b(?:status(?: code)?|error|code|http(?:\/[\d.]+)?)["']?[\s:=(]{1,3}([45]\d\d)\b/i.exec(text) ??
    /[\s(]([45]\d\d)[):]? (?:Too Many|Unauthorized|Forbidden|Internal|Bad|Service|Payment|Not Found|status)/i.exec(text)
  return found ? Number(found[1]) : undefined
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** How long a message asks to wait: `Please try again in 1.2s`, `retry after 20 seconds`. Milliseconds. */
export function waitIn(text: string): number | undefined {
  const found =
    /\b(?:try again|retry|retrying|resets?) (?:in|after) ([\d.]{1,12}) ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)\b/i.exec(
      text,
    )
  const unit = found?.[2]?.toLowerCase() ?? ''
  const factor = UNITS[unit.startsWith('ms') || unit.startsWith('milli') ? 'ms' : unit.charAt(0)]
  const wait = Number(found?.[1]) * (factor ?? Number.NaN)
  return Number.isFinite(wait) && wait <= LONGEST_WAIT ? Math.ceil(wait) : undefined
}
