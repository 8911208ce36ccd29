/** Texts of clients that become part of a path or a header at a provider must stay what they are meant to be. */

/** True for dots that climb, for what ends a path, and for control characters. */
export function leadsElsewhere(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  return /(^|\/)\.\.(\/|$)|[\u0000-\u001f\u007f\\?#]/.test(text)
}
