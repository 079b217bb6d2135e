#!/usr/bin/env node
// Starts the program on Node 26 or newer. Plain JavaScript, so that an older Node can read it and say so.
const major = Number(process.versions.node.split('.')[0])
if (major < 26) {
  process.stderr.write(
    `embargod needs Node 26 or newer, and this is ${process.version}; use: npm run embargod -- …\n`,
  )
  process.exit(78)
}
// V8 lets its young generation grow to 32 MB and keeps it, and it and the allocator have a heap for each thread. The
// daemon, which mostly waits, makes do with less (`npm run bench` tells how much it holds).
const FRUGAL = ['--max-semi-space-size=2', '--v8-pool-size=1']
// What is read from a connection is to go back to the system as well, and large mail that was freed: by itself glibc
// raises its thresholds with the first of it, and keeps the rest.
const ALLOCATOR = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '32768',
  MALLOC_TRIM_THRESHOLD_: '131072',
}
if (process.argv.includes('run') && !process.execArgv.includes(FRUGAL[0]))
  process.execve(
    process.execPath,
    [process.execPath, ...FRUGAL, ...process.execArgv, ...process.argv.slice(1)],
    { ...process.env, ...ALLOCATOR },
  )
process.umask(0o077)
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))
