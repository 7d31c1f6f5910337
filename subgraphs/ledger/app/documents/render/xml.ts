import { XMLBuilder } from 'fast-xml-parser';

/** An element's content: text, elements in order, or several elements of one name; null is left out. */
export type XmlValue = string | null | readonly XmlValue[] | { readonly [name: string]: XmlValue };

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#',
  format: true,
  indentBy: '  ',
  suppressEmptyNode: false,
});

/**
 * An XML document. Names that begin with `@` are attributes, `#` is the text beside them; elements come in the order of the
 * object's fields, as schemas want it.
 */
export function xmlOf(root: { readonly [name: string]: XmlValue }): Buffer {
  const text = builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    ...(withoutNulls(root) as object),
  });
  return Buffer.from(text, 'utf8');
}

/** Signs that no XML document may hold (XML 1.0, production 2), however they are written. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function withoutNulls(value: XmlValue): unknown {
  if (typeof value === 'string') return value.replace(FORBIDDEN, '');
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(withoutNulls);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => [name, withoutNulls(inner)]),
  );
}
