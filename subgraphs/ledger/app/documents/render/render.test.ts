import { unzipSync, strFromU8 } from 'fflate';
import PDFDocument from 'pdfkit';
import { count, figure, words, type Paper } from '../../../core/documents/paper';
import { pdfText } from '../../../testkit/pdf-text';
import { renderCsv } from './render-csv';
import { renderPdf } from './render-pdf';
import { renderXlsx } from './render-xlsx';
import { visualRuns } from './visual-order';

const ARABIC = 'شركة النور للتجارة (دبي)';
const PERSIAN = 'شرکت گل‌های پارس ۱۲۳';
const paper: Paper = {
  title: 'Statement of cycle 3',
  facts: [
    ['Party', words(ARABIC)],
    ['Net', figure('-1.46')],
  ],
  tables: [
    {
      name: 'Totals',
      columns: ['Debtor', 'Creditor', 'Billed'],
      rows: [
        [words('=HYPERLINK("http://x")'), words(PERSIAN), figure('-1.60')],
        [words('@Łódź, "Piekarnia"'), words('+48 12'), count(7n)],
      ],
    },
    { name: 'Claims', columns: ['Event'], rows: [[words('evt-1')]] },
  ],
  notes: ['A note.'],
  madeAt: new Date('2026-03-31T22:00:00Z'),
};

describe('a paper as CSV', () => {
  it('keeps figures, and disarms words a spreadsheet would run', () => {
    const text = renderCsv(paper).toString('utf8');
    expect(text.split('\r\n')).toEqual([
      `\ufeffParty,${ARABIC}`,
      'Net,-1.46',
      '',
      'Totals',
      'Debtor,Creditor,Billed',
      `"'=HYPERLINK(""http://x"")",${PERSIAN},-1.60`,
      `"'@Łódź, ""Piekarnia""",'+48 12,7`,
      '',
      'Claims',
      'Event',
      'evt-1',
      '',
    ]);
  });

  it.each(['=1', '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', '＝1'])('disarms %j', (text) => {
    const table = { name: 't', columns: ['c'], rows: [[words(text)]] };
    const [, cell] = renderCsv({ ...paper, facts: [], tables: [table] })
      .toString('utf8')
      .split('\r\n');
    expect(cell?.replace(/^"/, '')).toMatch(/^'/);
  });
});

describe('a paper as XLSX', () => {
  it('holds words as text, figures as numbers, and no formula at all', async () => {
    const parts = unzipSync(await renderXlsx(paper));
    const sheets = Object.keys(parts).filter((name) => /worksheets\/sheet\d+\.xml$/.test(name));
    expect(sheets).toHaveLength(3);
    const all = sheets.map((name) => strFromU8(parts[name]!)).join('\n');
    expect(all).not.toMatch(/<f[ >]/);
    expect(all).toContain('<v>-1.6</v>');
    expect(strFromU8(parts['xl/sharedStrings.xml']!)).toContain('<t>=HYPERLINK("http://x")</t>');
  });
});

describe('a line of several scripts', () => {
  it('is drawn run by run from the left, brackets mirrored, eastern digits in their order', () => {
    expect(visualRuns('ABC شركة (1) X')).toEqual([
      { text: 'ABC ', isRightToLeft: false },
      { text: '(', isRightToLeft: true },
      { text: '1', isRightToLeft: false },
      { text: 'شركة )', isRightToLeft: true },
      { text: ' X', isRightToLeft: false },
    ]);
    expect(visualRuns('پارس ۱۲۳').map(({ text }) => text)).toEqual(['۱', '۲', '۳', 'پارس ']);
  });
});

describe('a paper as PDF', () => {
  it('holds every word of every script', async () => {
    const text = pdfText(await renderPdf(paper));
    const parts = [
      'Statement of cycle 3',
      '-1.46',
      'Łódź',
      'شركة',
      'النور',
      'للتجارة',
      'دبي',
      'شرکت',
      'پارس',
      'A note.',
    ];
    expect(parts.filter((part) => !text.includes(part))).toEqual([]);
  });

  it('has letters joined as their script joins them', () => {
    const sheet = new PDFDocument();
    sheet.font(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')).fontSize(100);
    const widthOf = (text: string) => sheet.widthOfString(text, { features: [] });
    const apart = [...'شركة'].reduce((sum, letter) => sum + widthOf(letter), 0);
    expect(widthOf('شركة')).toBeLessThan(apart * 0.9);
  });
});

it('makes the same bytes of the same paper, whenever it is asked', async () => {
  const make = async () => [renderCsv(paper), await renderXlsx(paper), await renderPdf(paper)];
  const first = await make();
  const now = Date.now();
  jest.useFakeTimers({ now: now + 86_400_000, doNotFake: ['setImmediate', 'nextTick', 'setTimeout'] });
  const second = await make();
  jest.useRealTimers();
  expect(second.map((bytes, at) => bytes.equals(first[at]!))).toEqual([true, true, true]);
});
