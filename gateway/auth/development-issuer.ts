import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK, type JSONWebKeySet } from 'jose';
import { Fault } from '../../kernel/errors/fault';
import type { MemberId, PartnerId, ProgrammeId } from '../../kernel/values/id';
import type { TokenIssuer } from './tokens';

/** Who a token is for. */
export interface TokenGrant {
  readonly role: 'host' | 'admin' | 'finance' | 'staff' | 'member';
  /** A person or program, as it will stand in logs and decisions. */
  readonly subject: string;
  readonly programme?: ProgrammeId;
  /** Staff only. */
  readonly partner?: PartnerId;
  /** Members only. */
  readonly member?: MemberId;
  /** Default one hour. */
  readonly lifeSeconds?: number;
}

/** An issuer for machines on which there is no other: whoever can read its key file can be anybody. */
export interface DevelopmentIssuer extends TokenIssuer {
  readonly jwks: JSONWebKeySet;
  mint(grant: TokenGrant): Promise<string>;
}

const ISSUER = 'urn:loyalty-hub:development';
const AUDIENCE = 'loyalty-hub';
const KEY_FILE = 'development-issuer.json';
const HOUR = 3_600;

/**
 * Opens the development issuer of a folder; its Ed25519 key is made on first use and readable by its owner alone.
 *
 * @throws Fault HUB_DEVELOPMENT_ISSUER_IN_PRODUCTION in production mode
 */
export async function openDevelopmentIssuer(options: {
  folder: string;
  mode: 'development' | 'production';
}): Promise<DevelopmentIssuer> {
  if (options.mode === 'production') {
    throw new Fault(
      'HUB_DEVELOPMENT_ISSUER_IN_PRODUCTION',
      'The development issuer does not run in production mode. Set HUB_TOKEN_ISSUER, HUB_TOKEN_AUDIENCE and HUB_TOKEN_JWKS_URL.',
    );
  }
  const jwk = await readOrMakeKey(options.folder);
  const { d: _private, ...publicJwk } = jwk;
  const key = await importJWK(jwk, 'EdDSA');
  return {
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: { keys: [publicJwk] },
    mint: async ({ lifeSeconds = HOUR, subject, ...claims }) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + lifeSeconds)
        .sign(key),
  };
}

async function readOrMakeKey(folder: string): Promise<JWK> {
  const file = join(folder, KEY_FILE);
  if (existsSync(file)) {
    chmodSync(file, 0o600);
    return JSON.parse(readFileSync(file, 'utf8')) as JWK;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = {
    ...(await exportJWK(privateKey)),
    alg: 'EdDSA',
    use: 'sig',
    kid: `development-${Date.now().toString(36)}`,
  };
  try {
    writeFileSync(file, JSON.stringify(jwk), { mode: 0o600, flag: 'wx' });
    return jwk;
  } catch (error) {
    // Another process of this machine made it in the same moment: its key is the one that counts.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(readFileSync(file, 'utf8')) as JWK;
  }
}
