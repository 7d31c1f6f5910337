import { areaOf, isCode, isTest, placeOf, type HouseRule, type ProjectFile } from './tree';

const codeLiteral = /(['"`])((?:FEEDBACK|GATEWAY|LEDGER|MEMBERS|PARTNERS|REWARDS)_[A-Z0-9_]+)\1/g;
const declaredCode = /^ {2}([A-Z][A-Z0-9_]+): /gm;
const cataloguePath = /^(subgraphs\/[^/]+\/core\/([^/]+\/)?refusals|gateway\/[^/]+\/(refusals|codes))[.]ts$/;

/** The codes that mean the same wherever they are told, and so carry no area's name. */
const unprefixed = ['INTERNAL', 'SUBGRAPH_UNAVAILABLE', 'NOT_FOUND', 'FORBIDDEN', 'INVALID_INPUT'];
const isUnprefixed = (code: string): boolean => unprefixed.includes(code) || code.startsWith('IDEMPOTENCY_');

const cataloguesAmong = (files: readonly ProjectFile[]) => files.filter(({ path }) => cataloguePath.test(path));
const declaredIn = ({ text }: ProjectFile): string[] => [...text.matchAll(declaredCode)].map(([, code]) => code!);
const isOwn = ({ path }: ProjectFile, code: string): boolean => code.startsWith(`${areaOf(path).toUpperCase()}_`);

export const codeRules: readonly HouseRule[] = [
  {
    sentence: 'every code begins with the name of its area, or is passed on and documented there',
    breaches: (files) => {
      const catalogues = cataloguesAmong(files);
      const documented = new Set(catalogues.flatMap((file) => declaredIn(file).filter((code) => isOwn(file, code))));
      return catalogues.flatMap((file) =>
        declaredIn(file)
          .filter((code) => !documented.has(code) && !isUnprefixed(code))
          .map((code) => `${file.path}: ${code} is of no area that documents it`),
      );
    },
  },
  {
    sentence: 'every code the code tells is in a catalogue',
    breaches: (files) => {
      const declared = new Set(cataloguesAmong(files).flatMap(declaredIn));
      return files
        .filter((file) => /^(subgraphs|gateway)\//.test(file.path) && isCode(file) && !isTest(file))
        .flatMap((file) =>
          [...file.text.matchAll(codeLiteral)]
            .filter(([, , code]) => !declared.has(code!))
            .map((found) => `${placeOf(file, found.index)}: ${found[2]} is in no catalogue`),
        );
    },
  },
  {
    sentence: 'every code in a catalogue is told somewhere',
    breaches: (files) =>
      cataloguesAmong(files).flatMap((file) => {
        const others = files.filter(
          (other) =>
            areaOf(other.path) === areaOf(file.path) &&
            !cataloguePath.test(other.path) &&
            isCode(other) &&
            !isTest(other),
        );
        return declaredIn(file)
          .filter((code) => !others.some(({ text }) => new RegExp(`\\b${code}\\b`).test(text)))
          .map((code) => `${file.path}: ${code} is told nowhere`);
      }),
  },
];
