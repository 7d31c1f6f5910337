import { execFileSync } from 'node:child_process';

const READ = `
const { PDFParse } = require('pdf-parse');
const chunks = [];
process.stdin.on('data', (chunk) => chunks.push(chunk)).on('end', async () => {
  const { text } = await new PDFParse({ data: new Uint8Array(Buffer.concat(chunks)) }).getText();
  process.stdout.write(text);
});`;

/** The words of a PDF. In a process of its own: the reader loads its worker by a dynamic import, which Jest has none of. */
export function pdfText(pdf: Buffer): string {
  return execFileSync(process.execPath, ['-e', READ], { input: pdf, encoding: 'utf8' }).normalize('NFKC');
}
