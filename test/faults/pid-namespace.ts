import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Scene } from '../e2e/scene.ts'
import { bystander, nodeBy, until } from './machine.ts'

/**
 * A pid namespace of its own, as a container job has one. `reaps` says whether its first process takes care of orphans:
 * the usual `tail -f /dev/null` of a container does not.
 */
export interface PidNamespace extends AsyncDisposable {
  /** A node that starts the action in here. */
  readonly node: string
  /** Runs a shell script in here and answers what it printed. */
  readonly run: (script: string) => string
  /** The pid in here of a process whose pid out there is known. */
  readonly inner: (outer: number) => number
}

export async function pidNamespace(scene: Scene, { reaps }: { readonly reaps: boolean }): Promise<PidNamespace> {
  const first = reaps ? ['bash', '-c', "trap '' CHLD; exec sleep infinity"] : ['sleep', 'infinity']
  const outside = await bystander('unshare', ['--pid', '--fork', '--mount-proc', '--kill-child', ...first])
  const children = `/proc/${outside.pid}/task/${outside.pid}/children`
  await until(() => commandOf(Number(readFileSync(children, 'utf8'))).startsWith('sleep'), 'a first process')
  const enter = ['--target', readFileSync(children, 'utf8').trim(), '--pid', '--mount']
  return {
    node: nodeBy(scene, `exec nsenter ${enter.join(' ')} "$NODE" "$@"`, 'node-in-namespace'),
    run: (script) => execFileSync('nsenter', [...enter, 'sh', '-c', script], { encoding: 'utf8' }).trim(),
    inner: (outer) => Number(/^NSpid:.*\t(\d+)$/m.exec(readFileSync(`/proc/${outer}/status`, 'utf8'))?.[1]),
    // With its first process everything in a namespace ends.
    [Symbol.asyncDispose]: () => outside[Symbol.asyncDispose](),
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
