// Attacks on the running daemon, one after the other, each on an installation of its own: what an admin did sign,
// put to another use. In one process, for starting many costs more than the attacks.
import './a05-signature-on-another-text.ts'
import './a06-command-in-another-place.ts'
import './a07-quoted-commands.ts'
import './a09-command-in-other-octets.ts'
