import { expectThat, firstFault, textFault, type Fault } from '../../../kernel/errors/check-input';
import { isLanguageTag } from '../../../kernel/values/language-tag';

/** A text people read, in one language. */
export interface LocalText {
  /** BCP 47, such as `en` or `pl-PL`. */
  readonly language: string;
  readonly text: string;
}

/** Something a tier's members have, told in one or more languages. */
export interface Benefit {
  readonly texts: readonly LocalText[];
}

/** A text in its fixed shape, whatever else an input carries. */
export const textOf = ({ language, text }: LocalText): LocalText => ({ language, text });

const LANGUAGES_MAX = 20;

/** Checks a text in its languages: 1 to 20 of them, none twice. */
export function localTextsFault(field: string, texts: readonly LocalText[], longest: number): Fault {
  return firstFault(
    expectThat(
      field,
      texts.length >= 1 && texts.length <= LANGUAGES_MAX,
      `must be given in 1 to ${LANGUAGES_MAX} languages`,
    ),
    ...texts.flatMap(({ language, text }, place) => [
      expectThat(`${field}[${place}].language`, isLanguageTag(language), 'must be a language tag, such as en or pl-PL'),
      expectThat(
        `${field}[${place}].language`,
        texts.findIndex((other) => other.language === language) === place,
        'is given twice',
      ),
      textFault(`${field}[${place}].text`, text, longest),
    ]),
  );
}
