// Reads what gpg says of signatures on its status channel (doc/DETAILS of GnuPG).

export type Verified = {
  /** Primary fingerprints of the makers of the good signatures. */
  readonly goodSignatures: readonly string[]
  /** gpg's keyword for each other signature: `BADSIG`, `ERRSIG`, `EXPKEYSIG`, `REVKEYSIG`, `EXPSIG`. */
  readonly otherSignatures: readonly string[]
}

/** Groups by NEWSIG: a signature counts only if gpg calls it both GOODSIG and VALIDSIG. */
export function verified(status: string): Verified {
  const goodSignatures: string[] = []
  const otherSignatures: string[] = []
  for (const one of status.split('[GNUPG:] NEWSIG').slice(1)) {
    const good = /^\[GNUPG:\] GOODSIG /m.test(one)
    const primary = /^\[GNUPG:\] VALIDSIG .*\b([0-9A-F]{40})$/m.exec(one)?.[1]
    if (good && primary !== undefined) goodSignatures.push(primary)
    else
      otherSignatures.push(
        /^\[GNUPG:\] (BADSIG|ERRSIG|EXPKEYSIG|REVKEYSIG|EXPSIG) /m.exec(one)?.[1] ?? 'unknown',
      )
  }
  return { goodSignatures, otherSignatures }
}
