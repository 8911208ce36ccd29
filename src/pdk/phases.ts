/** The phases of an exchange, in the order in which they run. */

export const phases = [
  'rewrite',
  'access',
  'chatRequest',
  'response',
  'headerFilter',
  'bodyFilter',
  'chatEvents',
  'chatDone',
  'log',
] as const

export type Phase = (typeof phases)[number]
