// What the demo uses of hoodiecrow-imap, an IMAP server in memory; the package carries no types.
declare module 'hoodiecrow-imap' {
  type Message = { readonly uid: number; readonly raw: string }
  type Connection = {
    /** Takes the client's lines while it idles. */
    readonly inputHandler: false | ((line: string) => void)
  }
  type Server = {
    /** Each is called with every new connection. */
    readonly connectionHandlers: ((connection: Connection) => void)[]
    /** The listening socket. */
    readonly server: import('node:net').Server
    /** Each is called with every response; `message` only for those about one mail. */
    readonly outputHandlers: ((
      connection: unknown,
      response: { readonly tag: string },
      description: string | undefined,
      parsed: unknown,
      data: string | undefined,
      message: unknown,
    ) => void)[]
    createMailbox(path: string): void
    getMailbox(path: string): { readonly messages: readonly Message[] } | undefined
    /** `raw` has one character an octet. */
    appendMessage(
      mailbox: string,
      flags: readonly string[],
      internalDate: undefined,
      raw: string,
    ): { readonly message: Message }
  }
  function hoodiecrow(options: {
    readonly plugins: readonly string[]
    readonly users: Readonly<Record<string, { readonly password: string }>>
    readonly storage: Readonly<Record<string, object>>
  }): Server
  export = hoodiecrow
}
