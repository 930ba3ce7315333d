import type { CheckPayload } from '../../src/report/check-run.ts'
import { whole } from './markdown-shape.ts'

const chars = (s: string): number => s.length
/** What GitHub would refuse, or show otherwise than it was meant. */
export function faults({
  name,
  external_id,
  status,
  conclusion,
  output,
  started_at,
  completed_at,
}: CheckPayload): readonly string[] {
  const texts = [output.summary, output.text ?? '']
  const annotations = output.annotations ?? []
  const rules: readonly (readonly [boolean, string])[] = [
    [chars(name) > 0 && chars(name) <= 255 && !/\p{Cc}/u.test(name), 'name'],
    [chars(external_id) <= 255, 'external_id'],
    [(status === 'completed') === (conclusion !== undefined), 'conclusion exactly when completed'],
    [
      [started_at, completed_at].every((at) => at === undefined || /^\d{4}(-\d\d){2}T(\d\d:){2}\d\dZ$/.test(at)),
      'times',
    ],
    [status === 'completed' || completed_at === undefined, 'completed_at'],
    [chars(output.title) > 0 && chars(output.title) <= 255 && !/[\p{Cc}\u202e]/u.test(output.title), 'title'],
    [output.summary !== '', 'summary is there'],
    [texts.every((text) => Buffer.byteLength(text) <= 65_535), 'size'],
    [texts.every(whole), 'whole Markdown'],
    [annotations.every((a) => a.start_line >= 1 && a.end_line >= a.start_line), 'lines'],
    [annotations.every((a) => Buffer.byteLength(a.message) <= 65_536 && a.message !== ''), 'message'],
    [annotations.every((a) => chars(a.title ?? '') <= 255 && !a.path.startsWith('/')), 'title and path'],
  ]
  return rules.filter(([good]) => !good).map(([, what]) => what)
}
