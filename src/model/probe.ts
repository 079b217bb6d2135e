// The mail by which `check` proves an address: what it says, and how it is known again. It asks for nothing.

/** 32 letters of base32. */
const shape = /^embargod check ([a-z2-7]{32})$/

/** The first line; the token makes each its own. */
export const probeLine = (token: string): string => `embargod check ${token}`

/** Whether a text is that of a probe and nothing else. Who signed it is another question. */
export const isProbeText = (text: string): boolean => shape.test(text.trim())
