import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import { accessPage } from '../tools/print-access';
import { ACTORS, accessMatrix } from './access';

const read = (path: string) => readFileSync(join(projectRoot(), path), 'utf8');
const api = read('schema/api.graphql');

describe('the access matrix', () => {
  it('has a row for every root field, and none for a field that is not there', () => {
    expect(() => accessMatrix(api)).not.toThrow();
    expect(() => accessMatrix(`${api}\nextend type Query { news: String }`)).toThrow('Query.news has no row');
    const less = api.replace(/\n {2}me: Member\n/, '\n  him: Member\n');
    expect(() => accessMatrix(less)).toThrow('Query.me in schema/access.ts is no field');
  });

  it('has a cell for every field of every object that can be reached, and every actor', () => {
    const matrix = accessMatrix(api);
    expect(matrix.size).toBeGreaterThan(300);
    for (const row of matrix.values()) expect(Object.keys(row)).toEqual([...ACTORS]);
  });

  it('lets nobody without a credential see anything but refusals', () => {
    const seen = [...accessMatrix(api)].filter(([, row]) => row.anonymous !== 'no').map(([coordinate]) => coordinate);
    expect(seen).toEqual([]);
  });

  it('shows a field of an object to those who reach the object, and one with a row of its own to fewer', () => {
    const matrix = accessMatrix(api);
    expect(matrix.get('Partner.name')).toMatchObject({ member: 'yes', admin: 'yes', host: 'no' });
    expect(matrix.get('Partner.keys')).toMatchObject({ member: 'no', partner: 'own', admin: 'yes', host: 'no' });
    expect(matrix.get('Account.available')).toMatchObject({ member: 'own', partner: 'own', host: 'no' });
  });

  it('has no field that no root leads to', () => {
    expect(() => accessMatrix(`${api}\ntype Diary { page: String }`)).toThrow('Diary.page has no rule');
  });

  it('is printed whole in docs/ACCESS.md', () => {
    expect(read('docs/ACCESS.md')).toBe(accessPage(api));
  });

  it('names every field there, so that a new one of a known object is read by somebody before it is seen by anybody', () => {
    const more = `${api}\nextend type Member { homeAddressOfMember: String }`;
    expect(accessPage(more)).not.toBe(read('docs/ACCESS.md'));
    const section = accessPage(more).split('### partner (own), member (own), staff (own), admin, finance\n')[1]!;
    expect(/- \*\*Member\*\*:[^*]*/.exec(section)?.[0]).toContain('homeAddressOfMember');
  });
});
