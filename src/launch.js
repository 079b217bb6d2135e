#!/usr/bin/env node
// Starts the program on Node 26 or newer. Plain JavaScript, so that an older Node can read it and say so.
const major = Number(process.versions.node.split('.')[0])
if (major < 26) {
  process.stderr.write(
    `embargod needs Node 26 or newer, and this is ${process.version}; use: npm run embargod -- …\n`,
  )
  process.exit(78)
}
process.umask(0o077)
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))
