export const watchedStates = ['imported', 'failed'] as const

/** Of how many files that wait it is told. */
export const maxWaitingTold = 100
