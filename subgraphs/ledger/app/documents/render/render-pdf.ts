import PDFDocument from 'pdfkit';
import type { Cell, Paper, PaperTable } from '../../../core/documents/paper';
import { visualRuns, type VisualRun } from './visual-order';

const FACES = {
  plain: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
};
const PAGE = { left: 40, right: 802, top: 40, bottom: 545 };
const ROW = 13;

/**
 * A paper as PDF: A4 across, one face embedded that holds Latin, Greek, Cyrillic, Arabic and Persian. Its dates are the paper's, and the
 * library makes the file's id of them, so the same paper is the same bytes.
 */
export async function renderPdf(paper: Paper): Promise<Buffer> {
  const sheet = new Sheet(paper.madeAt, paper.title);
  sheet.line(paper.title, { size: 15, face: 'bold' });
  sheet.gap();
  for (const [name, cell] of paper.facts) sheet.row([name, textOf(cell)], [0, 90]);
  for (const table of paper.tables) tableOn(sheet, table);
  sheet.gap();
  for (const note of paper.notes) sheet.line(note, { size: 7 });
  return sheet.bytes();
}

const textOf = (cell: Cell): string => ('figure' in cell ? cell.figure : cell.text);

function tableOn(sheet: Sheet, { name, columns, rows }: PaperTable): void {
  sheet.gap();
  sheet.line(name, { size: 10, face: 'bold' });
  const weights = columns.map((column, at) =>
    Math.min(34, Math.max(column.length, ...rows.map((row) => textOf(row[at]!).length)) + 2),
  );
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const width = PAGE.right - PAGE.left;
  let edge = 0;
  const edges = weights.map((weight) => {
    const from = edge;
    edge += (weight / whole) * width;
    return from;
  });
  const endsOf = (row: readonly Cell[]) =>
    row.map((cell, at) => ('figure' in cell ? (edges[at + 1] ?? width) - 6 : null));
  sheet.row(columns, edges, 'bold', endsOf(rows[0] ?? []));
  for (const row of rows) sheet.row(row.map(textOf), edges, 'plain', endsOf(row));
}

/** Pages that fill from the top. */
class Sheet {
  private readonly document: PDFKit.PDFDocument;
  private readonly chunks: Buffer[] = [];
  private readonly ended: Promise<void>;
  private y = PAGE.top;

  constructor(madeAt: Date, title: string) {
    const stamps = { CreationDate: madeAt, ModDate: madeAt };
    this.document = new PDFDocument({
      ...{ size: 'A4', layout: 'landscape', margin: 0, lang: 'en', displayTitle: true },
      info: { Title: title, Producer: 'Loyalty Hub', Creator: 'Loyalty Hub', ...stamps },
    });
    this.document.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    this.ended = new Promise((resolve) => this.document.on('end', resolve));
    for (const [name, file] of Object.entries(FACES)) this.document.registerFont(name, file);
  }

  gap(): void {
    this.y += ROW * 0.6;
  }

  line(text: string, { size = 8, face = 'plain' }: { size?: number; face?: 'plain' | 'bold' } = {}): void {
    this.makeRoom(size * 1.4);
    this.document.font(face).fontSize(size);
    this.draw(text, PAGE.left, PAGE.right - PAGE.left);
    this.y += size * 1.4;
  }

  /** @param ends right edges of cells that end there, as figures do */
  row(
    cells: readonly string[],
    edges: readonly number[],
    face: 'plain' | 'bold' = 'plain',
    ends: readonly (number | null)[] = [],
  ): void {
    this.makeRoom(ROW);
    this.document.font(face).fontSize(8);
    cells.forEach((text, at) => {
      const from = edges[at] ?? 0;
      const room = (edges[at + 1] ?? PAGE.right - PAGE.left) - from - 6;
      const end = ends[at] ?? null;
      const x = end === null ? from : Math.max(from, end - this.widthOf(text));
      this.draw(text, PAGE.left + x, room);
    });
    this.y += ROW;
  }

  async bytes(): Promise<Buffer> {
    this.document.end();
    await this.ended;
    return Buffer.concat(this.chunks);
  }

  private makeRoom(height: number): void {
    if (this.y + height <= PAGE.bottom) return;
    this.document.addPage();
    this.y = PAGE.top;
  }

  private widthOf(text: string): number {
    return visualRuns(text).reduce((sum, run) => sum + this.document.widthOfString(run.text, shaping(run)), 0);
  }

  /** Draws one line run by run; what does not fit in the room is cut off at its end and marked. */
  private draw(text: string, x: number, room: number): void {
    const shown = this.fitted(text, room);
    let at = x;
    for (const run of visualRuns(shown)) {
      this.document.text(run.text, at, this.y, { ...shaping(run), lineBreak: false });
      at += this.document.widthOfString(run.text, shaping(run));
    }
  }

  private fitted(text: string, room: number): string {
    if (this.widthOf(text) <= room) return text;
    const signs = [...text];
    while (signs.length > 1 && this.widthOf(`${signs.join('')}…`) > room) signs.pop();
    return `${signs.join('')}…`;
  }
}

/**
 * A run from the right is shaped as a whole: word by word, as the library does it to remember words, its words come out in wrong
 * order.
 */
function shaping({ isRightToLeft }: VisualRun): { features?: PDFKit.Mixins.OpenTypeFeatures[] } {
  return isRightToLeft ? { features: [] } : {};
}
