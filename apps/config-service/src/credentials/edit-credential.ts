import { clientAuthMethods, type ClientAuthMethod } from '@nuncio/auth';
import type { Credential, FaultDetail } from '@nuncio/contracts';
import { different } from '../event-store/index.js';
import { throwAny } from '../faults.js';
import { givenHeaders, headerFaults, refuseReserved, tooManyHeaders } from '../headers.js';
import { mergePatch } from '../merge-patch.js';
import { editKeying } from '../keying/keying.js';
import { isKept } from '../presentation.js';
import { headersAfter, headersNotGivenAgain, mergeSealedHeaders, notGivenAgain } from '../sealed-headers.js';
import { editClientCertificate, type CertificateSeals } from './edit-client-certificate.js';
import { blankCredential, isTooMuch, TOO_MUCH, type PatchCredential } from './credential.js';
import type { TakenBackReason } from '../subscriptions/reason.js';

/** The checks and generators that an edit needs. */
export interface CredentialRules extends CertificateSeals {
  /** `detail` completes "the URL …". */
  readonly checkUrl: (url: string) => { ok: true; url: string } | { ok: false; detail: string };
}

/** A stored credential, or the blank of a new one. */
export type CredentialBefore = Credential | ReturnType<typeof blankCredential>;

/** The fields that an edit changes; a creation is an edit of the blank credential. Throws Fault `invalid` with all faults at once. */
export function editCredential(before: CredentialBefore, given: PatchCredential, rules: CredentialRules): Partial<Credential> {
  const { clientId, clientSecret, clientCertificate: certificate, headers, tokenUrl, issuer, scope, audience, resource, params: patch, ...plain } = given;
  const params = patch && (mergePatch(before.params, patch) as Credential['params']);
  const faults: FaultDetail[] = [];
  const checked = (pointer: string, url: string | null | undefined): string | null | undefined => {
    if (!url) return url === '' ? null : url;
    const result = rules.checkUrl(url);
    if (result.ok) return result.url;
    faults.push({ pointer, code: 'url', detail: result.detail });
    return url;
  };
  // The issuer is kept exactly as given: if there is a tokenUrl too, it is signed as it stands. (Otherwise what the metadata says is signed.)
  const checkedIssuer = checked('/issuer', issuer) && issuer;
  const defaults = blankCredential(before.id, before.tenant, [], before.name);
  const edited = Object.entries({ ...plain, tokenUrl: checked('/tokenUrl', tokenUrl), issuer: checkedIssuer, scope, audience, resource, params })
    .filter(([name, value]) => name in defaults && value !== undefined)
    .map(([name, value]) => [name, value ?? defaults[name as keyof typeof defaults]] as const);
  const after: CredentialBefore = { ...before, ...Object.fromEntries(edited) };
  const elsewhere = before.clientId !== null && goesElsewhere(before, after);
  const stays = elsewhere ? { ...before, ...droppedElsewhere(after) } : before;
  const certified = editClientCertificate(stays, after, certificate, rules);
  const sealed = {
    clientCertificate: certified.clientCertificate,
    clientId: isKept(clientId) ? before.clientId : rules.seal('clientId', clientId, before.clientId),
    clientSecret: isKept(clientSecret) ? stays.clientSecret : rules.seal('clientSecret', clientSecret, stays.clientSecret),
    headers: mergeSealedHeaders(before.headers, headers, 'headers', rules.seal),
  };
  const usesSecret = clientAuthMethods.get(after.authMethod)?.usesClientSecret ?? false;

  if (params && isTooMuch(params)) faults.push({ pointer: '/params', code: 'too-large', detail: TOO_MUCH });
  if (!after.tokenUrl && !after.issuer) faults.push({ pointer: '/tokenUrl', code: 'required', detail: 'tokenUrl or issuer must be given' });
  if (after.assertionAudience === 'issuer' && !after.issuer) faults.push({ pointer: '/issuer', code: 'required', detail: 'must be given, since it is the assertionAudience' });
  if (!sealed.clientId) faults.push({ pointer: '/clientId', code: 'required', detail: 'must be given' });
  if (usesSecret && !sealed.clientSecret) faults.push({ pointer: '/clientSecret', code: 'required', detail: `must be given, since ${after.authMethod} uses it` });
  const allHeaders = givenHeaders('headers', headersAfter(before.headers, headers));
  if (headers) faults.push(...tooManyHeaders('/headers', allHeaders, before.headers));
  faults.push(...headerFaults(allHeaders, refuseReserved));
  faults.push(...certified.faults);
  if (elsewhere) faults.push(...secretsNotGivenAgain(stays, given, clientAuthMethods.get(after.authMethod)));
  throwAny(faults);

  const clientSecretExpiresAt = given.clientSecretExpiresAt === undefined && sealed.clientSecret !== before.clientSecret ? null : (after.clientSecretExpiresAt ?? null);
  const next = { ...after, ...sealed, clientSecretExpiresAt, ...editKeying(before, given) } as Credential;
  return different(before, next);
}

const origins = ({ tokenUrl, issuer }: CredentialBefore): string[] => [tokenUrl, issuer].flatMap((url) => (url ? [URL.parse(url)?.origin ?? url] : []));

/** Whether the secrets would go to an origin that they have not been sent to so far. */
export const goesElsewhere = (before: CredentialBefore, after: CredentialBefore): boolean => origins(after).some((origin) => !origins(before).includes(origin));

/** Why receivers meet another client than the approved one; null = they do not. A new secret of the same client does not count. */
export function anotherClient(before: CredentialBefore, edited: Partial<Credential>): TakenBackReason | null {
  const isAnother = goesElsewhere(before, { ...before, ...edited }) || edited.clientId !== undefined;
  return isAnother ? 'the credential of its callback was changed' : null;
}

/**
 * If the credential goes to another origin, stored secrets that the present method does not use are dropped. Otherwise a later edit could choose a
 * method that sends them there.
 */
function droppedElsewhere({ authMethod, certificateForDelivery }: CredentialBefore): Partial<Pick<Credential, 'clientSecret' | 'clientCertificate'>> {
  const { usesClientSecret = false, usesClientCertificate = false } = clientAuthMethods.get(authMethod) ?? {};
  return { ...(!usesClientSecret && { clientSecret: null }), ...(!usesClientCertificate && !certificateForDelivery && { clientCertificate: null }) };
}

/** Without this, anybody who may edit a credential could send its secrets to a server of their own. */
function secretsNotGivenAgain(before: CredentialBefore, given: PatchCredential, method: ClientAuthMethod | undefined): FaultDetail[] {
  const { usesClientSecret = false } = method ?? {};
  return [
    ...(isKept(given.clientId) ? [notGivenAgain('clientId')] : []),
    ...(usesClientSecret && isKept(given.clientSecret) ? [notGivenAgain('clientSecret')] : []),
    ...(before.clientCertificate && !given.clientCertificate ? [notGivenAgain('clientCertificate')] : []),
    ...headersNotGivenAgain(before.headers, given.headers, 'headers'),
  ];
}
