/** Epoch milliseconds that no change of the machine's clock makes jump: they go on from what it said when this process began. */
export const steadyNow = (): number => performance.timeOrigin + performance.now()
