import { isDeepStrictEqual } from 'node:util';
import { DESCRIBING_HEADERS, type FaultDetail } from '@nuncio/contracts';
import type { Secret } from '@nuncio/sealing';
import { signatureHeaders } from '@nuncio/signing';
import { different } from '../event-store/index.js';
import { throwAny } from '../faults.js';
import { givenHeaders, headerFaults, refuseReserved, tooManyHeaders } from '../headers.js';
import { editKeying } from '../keying/keying.js';
import { isKept } from '../presentation.js';
import { headersAfter, headersNotGivenAgain, mergeSealedHeaders } from '../sealed-headers.js';
import { schemeOf, type CallbackState, type Given, type Plain } from './callback.js';
import { mergePatch } from '../merge-patch.js';
import { mergeSettings } from './merge-settings.js';
import type { PatchCallback } from './requests.js';
import { named, newSecret, schemeNamed, signingFaults, type SecretRules } from './signing-secrets.js';
import type { TakenBackReason } from '../subscriptions/reason.js';

/** The checks and generators that an edit needs. */
export interface CallbackRules extends SecretRules {
  /** `detail` completes "the URL …". */
  readonly checkUrl: (url: string) => { ok: true; url: string } | { ok: false; detail: string };
}

interface CallbackEdit {
  readonly fields: Partial<Given>;
  /** A signing secret that this edit generated or took. The answer shows it once. */
  readonly shown: Secret | null;
}

/** A callback before its first save. */
export const blankCallback = (plain: Pick<Plain, 'id' | 'tenant' | 'application' | 'groups' | 'name'>): Given => ({
  ...plain,
  url: '',
  enabled: true,
  disabledReason: null,
  pausedUntil: null,
  headers: {},
  secretHeaders: {},
  settings: {},
  secrets: [],
  publicKey: null,
});

/** The fields that an edit changes; a creation is an edit of the blank callback. Throws Fault `invalid` with all faults at once. */
export function editCallback(before: Given | CallbackState, given: PatchCallback, rules: CallbackRules): CallbackEdit {
  const settings = mergeSettings(before.settings, given);
  const scheme = schemeNamed(schemeOf(settings));
  const faults: FaultDetail[] = [];

  let url = before.url;
  if (given.url !== undefined) {
    const checked = rules.checkUrl(given.url);
    if (checked.ok) url = checked.url;
    else faults.push({ pointer: '/url', code: 'url', detail: checked.detail });
  }
  // Without this, anybody who may edit a callback could send its secret headers to a server of their own.
  if (isElsewhere(before, { url })) faults.push(...headersNotGivenAgain(before.secretHeaders, given.secretHeaders, 'secretHeaders'));
  const oauth = settings.authentication?.type === 'oauth2';
  const usesAuthorization = scheme.sets.includes('Authorization');
  if (oauth && usesAuthorization)
    faults.push({ pointer: '/signing/scheme', code: 'occupied', detail: `the scheme ${scheme.name} uses the header Authorization, and so does OAuth: choose one` });
  const own = { secret: given.signing?.secret, keyId: given.signing?.keyId, keyType: given.signing?.keyType };
  faults.push(...signingFaults(scheme, own));
  faults.push(...allHeaderFaults(before, given, oauth || usesAuthorization));
  throwAny(faults);

  const fields = {
    ...plainFields(before, given),
    url,
    headers: mergeHeaders(before.headers, given.headers),
    secretHeaders: mergeSealedHeaders(before.secretHeaders, given.secretHeaders, 'secretHeaders', rules.seal),
    settings,
    ...editKeying(before, given),
  };
  if (!scheme.usesSecrets) return changes(before, { ...fields, secrets: [], publicKey: null }, null);
  const fits = before.secrets.length > 0 && schemeOf(before.settings) === scheme.name && before.settings.signing?.keyType === settings.signing?.keyType;
  if (fits && !own.secret) return changes(before, { ...fields, secrets: named(before.secrets, scheme, settings) }, null);
  const { secret, publicKey, shown } = newSecret(scheme, settings, own.secret, rules, before.secrets[0]?.secret);
  return changes(before, { ...fields, secrets: [secret], publicKey }, shown);
}

const originOf = (url: string): string | undefined => URL.parse(url)?.origin;

const isElsewhere = (before: Pick<Given, 'url'>, after: Pick<Given, 'url'>): boolean => before.url !== '' && originOf(before.url) !== originOf(after.url);

/** Why the callback now calls another receiver than the approved one; null = it does not. A rotation of its secret does not count. */
export function anotherReceiver(before: CallbackState, after: CallbackState): TakenBackReason | null {
  if (isElsewhere(before, after)) return 'the origin of its callback was changed';
  if (!isDeepStrictEqual(before.authentication, after.authentication)) return 'the credential of its callback was changed';
  const isSignedAlike = before.signing.scheme === after.signing.scheme && before.secrets[0]?.secret === after.secrets[0]?.secret;
  return isSignedAlike ? null : 'the signing of its callback was changed';
}

function changes(before: Given, after: Partial<Given>, shown: Secret | null): CallbackEdit {
  return { fields: different(before, after), shown };
}

function plainFields(before: Given, { name = before.name, groups, enabled, pausedUntil = before.pausedUntil }: PatchCallback): Partial<Given> {
  const on = enabled ?? (enabled === null ? true : before.enabled);
  // Disabling by hand needs no reason. Enabling clears the reason that Nuncio set.
  return { name, groups: groups ?? before.groups, enabled: on, disabledReason: on ? null : before.disabledReason, pausedUntil };
}

const mergeHeaders = (before: Readonly<Record<string, string>>, given: PatchCallback['headers']): Record<string, string> =>
  given === undefined ? { ...before } : ((mergePatch(before, given) ?? {}) as Record<string, string>);

/**
 * Refuses headers that Nuncio sets itself. `Authorization` is allowed only as a secret header, and only if neither OAuth nor the signing scheme uses
 * it. Only the headers that the edit gives are checked: if Nuncio later begins to set a stored one, it is replaced on sending, and does not block
 * other edits.
 */
function allHeaderFaults(before: Given, given: PatchCallback, authorizationUsed: boolean): FaultDetail[] {
  const open = givenHeaders('headers', mergeHeaders(before.headers, given.headers));
  const secret = givenHeaders('secretHeaders', headersAfter(before.secretHeaders, given.secretHeaders));
  // A callback from before these limits can still be edited.
  const tooMany = given.headers === undefined && given.secretHeaders === undefined ? [] : tooManyHeaders(given.secretHeaders ? '/secretHeaders' : '/headers', [...open, ...secret], before.secretHeaders);
  const isNew = newNames(before, given);
  const faults = headerFaults([...open, ...secret].filter(({ name }) => isNew.has(name.toLowerCase())), (name, header) => {
    if (name === 'authorization' && secret.includes(header)) return authorizationUsed ? 'is set by OAuth or by the signing scheme' : null;
    return signatureHeaders.has(name) || DESCRIBING_HEADERS.has(name) ? `"${name}" is set by Nuncio` : refuseReserved(name);
  });
  return [...tooMany, ...faults];
}

/** Lower-case names of the headers to check: those that the edit changes, and `authorization` if the edit may change who else uses it. */
function newNames(before: Given, { headers, secretHeaders, authentication, signing, profile }: PatchCallback): Set<string> {
  const names = [
    ...Object.entries(headers ?? {}).flatMap(([name, value]) => (before.headers[name] === value ? [] : [name])),
    ...Object.entries(secretHeaders ?? {}).flatMap(([name, value]) => (isKept(value) && name in before.secretHeaders ? [] : [name])),
    ...([authentication, signing, profile].some((one) => one !== undefined) ? ['authorization'] : []),
  ];
  return new Set(names.map((name) => name.toLowerCase()));
}
