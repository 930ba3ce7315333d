import type { ProcessIdentity } from '../board/event.ts'
import { isAlive, type ProcessRow, type ProcessTable } from './snapshot.ts'

/** Who a process is, in full: the pid alone is reused, the start time alone is not unique. */
export const identityOf = (row: ProcessRow, table: ProcessTable): ProcessIdentity => ({
  pid: row.pid,
  start: row.start,
  boot: table.boot,
  namespace: table.namespace,
})

export type Comparison =
  /** It lives, and it is the one that was recorded. */
  | 'same'
  /** It is gone; whoever has its pid now is somebody else. A zombie is gone. */
  | 'different'
  /** We cannot see it from here (another pid namespace): never to be signalled. */
  | 'unknown'

/** Whether the process that was recorded as `identity` is alive on this machine now. */
export function compare(identity: ProcessIdentity, table: ProcessTable): Comparison {
  if (identity.boot !== table.boot) return 'different'
  if (identity.namespace !== table.namespace) return 'unknown'
  const row = table.row(identity.pid)
  return isAlive(row) && row.start === identity.start ? 'same' : 'different'
}

/** Whether something that was read from a file has the shape of an identity. */
export const isIdentity = (value: unknown): value is ProcessIdentity =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  Number.isSafeInteger(value.pid) &&
  'start' in value &&
  typeof value.start === 'string' &&
  'boot' in value &&
  typeof value.boot === 'string' &&
  'namespace' in value &&
  typeof value.namespace === 'string'
