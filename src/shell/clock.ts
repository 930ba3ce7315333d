/** Epoch milliseconds that no change of the machine's clock makes jump: they go on from what it said when this process began. */
export const steadyNow = (): number => performance.timeOrigin + performance.now()

/** The same moment as the machine's clock would tell it now: for people, and to be compared with what else it told. */
export const onTheWall = (steady: number): number => Date.now() + Math.round(steady - steadyNow())
