import bidiFactory from 'bidi-js';

const bidi = bidiFactory();

/** A stretch of a line that is drawn in one go, from its left edge on. */
export interface VisualRun {
  readonly text: string;
  readonly isRightToLeft: boolean;
}

/** Scripts written from the right, and marks that turn a line round; a line without any is one run. */
const FROM_THE_RIGHT = /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802\ud803\ud83a\ud83b]/;

/** Digits of Arabic and Persian: in a script written from the right, read from the left. */
const EASTERN_DIGIT = /[\u0660-\u0669\u06f0-\u06f9]/;

/**
 * A line as it is drawn: its runs from left to right, each in reading order. Within a run from the right the shaper of the font
 * turns the letters round; brackets there are mirrored here.
 *
 * Source: Unicode Standard Annex 9, rules L1 to L4, as bidi-js does them.
 */
export function visualRuns(line: string): VisualRun[] {
  if (!FROM_THE_RIGHT.test(line)) return [{ text: line, isRightToLeft: false }];
  const embedding = bidi.getEmbeddingLevels(line, 'auto');
  const order = bidi.getReorderedIndices(line, embedding);
  const mirrored = bidi.getMirroredCharactersMap(line, embedding.levels);
  const signAt = (index: number): string => mirrored.get(index) ?? line[index] ?? '';
  const levelAt = (index: number): number => embedding.levels[index] ?? 0;
  const runs: VisualRun[] = [];
  for (let at = 0; at < order.length;) {
    let end = at + 1;
    while (end < order.length && isNext(order[end - 1]!, order[end]!, levelAt)) end += 1;
    const places = order.slice(at, end).sort((a, b) => a - b);
    runs.push(...drawable(places.map(signAt).join(''), levelAt(order[at]!) % 2 === 1));
    at = end;
  }
  return runs;
}

function isNext(before: number, index: number, levelAt: (index: number) => number): boolean {
  return levelAt(before) === levelAt(index) && Math.abs(before - index) === 1;
}

/** A font turns eastern digits round with the letters of their script, which is wrong: they are drawn one by one. */
function drawable(text: string, isRightToLeft: boolean): VisualRun[] {
  if (isRightToLeft || !EASTERN_DIGIT.test(text)) return [{ text, isRightToLeft }];
  return [...text].map((sign) => ({ text: sign, isRightToLeft: false }));
}
