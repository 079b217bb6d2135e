// Attacks that need neither mailbox nor server, one after the other on one instance. The first one needs that
// nobody was answered before; the last but one changes the team, the last one may leave thousands of cases.
import './d11-answers.ts'
import './b01-decryption.ts'
import './e19-forged-reporter.ts'
import './k02-revoked-case-key.ts'
import './e04-proof-of-address-and-key.ts'
import './e09-keys-at-the-door.ts'
import './a15-looks-of-a-command.ts'
import './a18-signatures-that-are-odd.ts'
import './d01-machines.ts'
import './h05-reported-failures.ts'
import './a10-when-a-command-counts.ts'
import './b06-probes.ts'
