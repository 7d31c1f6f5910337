/** Whether a text is a language tag of BCP 47, such as `en` or `pl-PL`, of at most 35 characters. */
export function isLanguageTag(tag: string): boolean {
  try {
    return tag.length <= 35 && Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
