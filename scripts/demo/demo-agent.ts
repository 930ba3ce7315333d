/** An agent of this demo that lives now. */
export interface Sighted {
  readonly pid: number
  /** Its pid and those of its ancestors. */
  readonly line: readonly number[]
}

/** Who works the specs of a demo, and how somebody who looks on tells its processes from all others. */
export interface DemoAgent extends AsyncDisposable {
  readonly inputs: Readonly<Record<string, string>>
  /** Variables of the job. */
  readonly env: Readonly<Record<string, string>>
  readonly alive: () => Promise<readonly Sighted[]>
}
