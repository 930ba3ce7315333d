import { unreachable } from '../result.ts'
import type { AgentEvent } from './event.ts'

/**
 * What an event is in a log for people: lines of raw text, none where it says nothing to them. Files in `directory`, where the agent was
 * started, are called as they are called there.
 */
export function toldLines(event: AgentEvent, directory?: string): readonly string[] {
  switch (event.type) {
    case 'session':
      return [`session ${event.id}${event.model === undefined ? '' : ` · ${event.model}`}`]
    case 'text':
      return event.text.trimEnd().split('\n')
    case 'tool':
      return [`▸ ${callOf(event, directory)}`]
    case 'retry': {
      const cause = event.status === undefined ? 'no connection' : `status ${event.status}`
      return [`the agent tries again (${cause}${event.delayMs === undefined ? '' : `, in ${seconds(event.delayMs)}`})`]
    }
    case 'rate-limit':
      return [`rate limit, until ${new Date(event.resetsAt).toISOString()}`]
    case 'log':
      return [event.text]
    case 'usage':
      return []
    case 'result':
      // What it said last is there already, and is what a person looks for at the end of a log.
      return event.ok ? [] : `the agent ended with ${event.reason}: ${event.message.trimEnd()}`.split('\n')
    default:
      return unreachable(event)
  }
}

/** What the agent is doing, in one line, for everything that shows it now. */
export function activityOf(event: AgentEvent, directory?: string): string | undefined {
  switch (event.type) {
    case 'tool':
      return callOf(event, directory)
    case 'log':
      return event.text.trim() || undefined
    case 'text':
    case 'retry':
    case 'rate-limit':
      return toldLines(event)
        .find((line) => line.trim() !== '')
        ?.trim()
    case 'session':
    case 'usage':
    case 'result':
      return undefined
    default:
      return unreachable(event)
  }
}

function callOf({ name, summary }: Extract<AgentEvent, { type: 'tool' }>, directory: string | undefined): string {
  const short = directory === undefined ? summary : summary.replaceAll(`${directory}/`, '')
  return `${name} ${short}`.trimEnd()
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`
