import type { DemoAgent } from './demo-agent.ts'
import type { Scene } from './scene.ts'
import { agentsAlive } from './watch.ts'

/** The demo's own agent: an ordinary program, started by `agent: command`. */
export function ownAgent(scene: Scene): DemoAgent {
  return {
    inputs: { agent: 'command', command: `'${process.execPath}' '${scene.agent}'` },
    env: {},
    alive: () => agentsAlive(scene.agent),
    [Symbol.asyncDispose]: async () => {},
  }
}
