/** The forms an answer may have, the preferred one first. */
const ANSWERED = ['application/json', 'application/graphql-response+json', 'text/event-stream'] as const;
export type AnswerType = (typeof ANSWERED)[number];

/** A stream of events, in place of one answer. */
export const EVENTS = 'text/event-stream';

/** The same, in words. */
export const ANSWER_TYPES = ANSWERED.join(' or ');

/**
 * In which form a client wants its answer, by its `Accept`.
 *
 * @returns null when it takes none of ours
 */
export function answerTypeFor(accept: string | undefined): AnswerType | null {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return 'application/json';
  const wanted = accept.split(',').map((part, place) => rangeOf(part, place));
  const rated = ANSWERED.map((type) => ({ type, range: closest(wanted, type) }));
  const [best] = rated
    .filter(isWanted)
    .toSorted((a, b) => b.range.quality - a.range.quality || a.range.place - b.range.place);
  return best?.type ?? null;
}

interface Range {
  readonly type: string;
  readonly quality: number;
  readonly place: number;
}

function isWanted(rated: { type: AnswerType; range: Range | undefined }): rated is { type: AnswerType; range: Range } {
  return rated.range !== undefined && rated.range.quality > 0;
}

function rangeOf(part: string, place: number): Range {
  const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0, place };
}

/** The range that names a type most closely decides over it. */
function closest(ranges: readonly Range[], type: string): Range | undefined {
  for (const pattern of [type, type.replace(/\/.*/, '/*'), '*/*']) {
    const found = ranges.find((range) => range.type === pattern);
    if (found !== undefined) return found;
  }
  return undefined;
}
