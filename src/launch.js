#!/usr/bin/env node
// Starts the program on Node 26 or newer. Plain JavaScript, so that an older Node can read it and say so.
const major = Number(process.versions.node.split('.')[0])
if (major < 26) {
  process.stderr.write(
    `embargod needs Node 26 or newer, and this is ${process.version}; use: npm run embargod -- …\n`,
  )
  process.exit(78)
}
// V8 lets its young generation grow to 32 MB and keeps it: the daemon, which mostly waits, makes do with less.
const YOUNG = '--max-semi-space-size=2'
if (process.argv[2] === 'run' && !process.execArgv.includes(YOUNG))
  process.execve(process.execPath, [process.execPath, YOUNG, ...process.execArgv, ...process.argv.slice(1)])
process.umask(0o077)
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))
