// How long a computation took, told so that a busy machine makes no difference.

/** Milliseconds that this process has computed so far, in all its threads. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
