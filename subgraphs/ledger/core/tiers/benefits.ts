import type { Tier } from '../rule-book';

/**
 * A tier's benefits in one language: in the language asked for, else in the same one of another region, else in the programme's own,
 * else in the first it was told in.
 */
export function benefitsIn(
  benefits: NonNullable<Tier['benefits']>,
  { language, defaultLanguage }: { readonly language: string | null; readonly defaultLanguage: string | null },
): string[] {
  const wanted = [language, baseOf(language), defaultLanguage, baseOf(defaultLanguage)].filter((one) => one !== null);
  return benefits.flatMap(({ texts }) => {
    const found = wanted
      .map((one) => texts.find((told) => told.language === one) ?? texts.find((told) => baseOf(told.language) === one))
      .find((told) => told !== undefined);
    return (found ?? texts[0])?.text ?? [];
  });
}

const baseOf = (language: string | null): string | null => language?.split('-')[0] ?? null;
