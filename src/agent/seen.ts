import { unreachable } from '../result.ts'
import type { Seen } from './adapter.ts'
import type { AgentEvent } from './event.ts'

export const NOTHING_SEEN: Seen = {
  result: undefined,
  retry: undefined,
  resetsAt: undefined,
  usage: undefined,
  session: undefined,
  model: undefined,
  lastText: undefined,
}

/** Takes in one more event. What is kept does not grow with their number. */
export function see(seen: Seen, event: AgentEvent): Seen {
  switch (event.type) {
    case 'session':
      return { ...seen, session: event.id, model: event.model ?? seen.model }
    case 'text':
      return { ...seen, result: undefined, retry: undefined, lastText: event.text }
    case 'tool':
      return { ...seen, result: undefined, retry: undefined }
    case 'retry':
      return { ...seen, retry: event }
    case 'rate-limit':
      return { ...seen, resetsAt: event.resetsAt }
    case 'usage': {
      const { type: _, ...usage } = event
      return { ...seen, usage }
    }
    case 'result': {
      const { type: _, ...result } = event
      return { ...seen, result }
    }
    case 'log':
      return seen
    default:
      return unreachable(event)
  }
}
