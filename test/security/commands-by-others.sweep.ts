// Attacks on the running daemon, one after the other, each on an installation of its own: commands that no admin
// signed. In one process, for starting many costs more than the attacks. A01 runs every day, by itself.
import './a02-key-with-the-name-of-an-admin.ts'
import './a03-command-signed-by-a-member.ts'
import './a04-cleartext-signature.ts'
