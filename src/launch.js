#!/usr/bin/env node
// Starts the program on Node 26 or newer. Plain JavaScript, so that an older Node can read it and say so.
const major = Number(process.versions.node.split('.')[0])
if (major < 26) {
  process.stderr.write(
    `embargod needs Node 26 or newer, and this is ${process.version}; use: npm run embargod -- …\n`,
  )
  process.exit(78)
}
// V8 lets its young generation grow to 32 MB, keeps it, and has a heap for each of its threads. The daemon, which
// mostly waits, makes do with less: 35 MB less resident with 500 certificates (`npm run bench`).
const FRUGAL = ['--max-semi-space-size=2', '--v8-pool-size=1']
// What is large and was freed goes back to the system, where the C library is glibc. By itself it keeps such memory
// once some was freed.
const GIVING_BACK = {
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_ARENA_MAX: '2',
}
if (process.argv.includes('run') && !process.execArgv.includes(FRUGAL[0]))
  process.execve(
    process.execPath,
    [process.execPath, ...FRUGAL, ...process.execArgv, ...process.argv.slice(1)],
    { ...GIVING_BACK, ...process.env },
  )
process.umask(0o077)
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))
