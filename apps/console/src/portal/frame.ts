import { speakWith } from '../api/client.js';
import { writeAs } from '../parts/locale.js';
import { start, type Started } from '../start.js';
import { Host } from './host.js';
import { say } from './say.js';
import { applyPortalTheme } from './theme.js';
import { claimsOf } from './token.js';

/** The share of a token's life after which another one is asked for. */
const RENEWED_AFTER = 0.8;
/** How long to wait after a token that the API refused: the next one may fare no better. */
const AGAIN_AFTER_MS = 10_000;
/** How long the page may take for the first token before the frame says that it waits. */
const PATIENCE_MS = 5_000;

/** The portal in a page that hands over tokens. Nothing is shown until there is one. */
export function showInFrame(): void {
  let started: Started | null = null;
  let renewal = 0;
  let handedAt = 0;

  /** Only one question waits at a time. */
  const askIn = (ms: number, what: 'expiring' | 'ended'): void => {
    clearTimeout(renewal);
    renewal = window.setTimeout(() => { host.ask(what); }, ms);
  };
  const tell = (sentence: string): void => {
    if (!started) say(sentence);
  };
  const wait = window.setTimeout(() => { tell('Waiting until the page around this one signs you in…'); }, PATIENCE_MS);

  /** A later token replaces an earlier one. */
  const host = new Host(({ token, theme, locale }) => {
    speakWith(token);
    applyPortalTheme(theme);
    const { iat, exp, locale: named } = claimsOf(token);
    handedAt = Date.now();
    clearTimeout(wait);
    askIn((exp - iat) * 1_000 * RENEWED_AFTER, 'expiring');
    if (started) {
      void started.queries.invalidateQueries();
      return;
    }
    writeAs(locale ?? named);
    started = start('/portal', () => { askIn(Math.max(0, handedAt + AGAIN_AFTER_MS - Date.now()), 'ended'); });
  }, (named, origin) => { tell(wrongPage(named, origin)); });

  /** Asks until there is a token: the first time the page's own server may be away. */
  const begin = (): void => {
    if (started) return;
    host.ask('ready');
    setTimeout(begin, AGAIN_AFTER_MS);
  };
  begin();
}

function wrongPage(named: string | null, origin: string): string {
  if (named === null) return 'The token is for a link, not for a page around this one.';
  return named === '' ? 'The page around this one has handed over something that is no token.' : `The token is for pages of ${named}, and this one is of ${origin}.`;
}
