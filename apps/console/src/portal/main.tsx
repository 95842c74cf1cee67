import { speakWith } from '../api/client.js';
import { start, type Started } from '../start.js';
import { Host } from './host.js';
import { applyPortalTheme } from './theme.js';
import { claimsOf } from './token.js';

/** The share of a token's life after which another one is asked for. */
const RENEWED_AFTER = 0.8;
/** How long to wait after a token that the API refused: the next one may fare no better. */
const AGAIN_AFTER_MS = 10_000;

let started: Started | null = null;
let renewal = 0;
let handedAt = 0;
let wait = 0;

/** How long the page may take for the first token before the frame says that it waits. */
const PATIENCE_MS = 5_000;

/** A sentence in place of the pages. The frame is empty until then. */
function say(sentence: string): void {
  if (started) return;
  const said = document.createElement('p');
  said.className = 'empty';
  said.textContent = sentence;
  document.getElementById('root')?.replaceChildren(said);
}

/** Only one question waits at a time. */
function askIn(ms: number, what: 'expiring' | 'ended'): void {
  clearTimeout(renewal);
  renewal = window.setTimeout(() => { host.ask(what); }, ms);
}

/** Nothing is shown until the page around it has handed over a token. A later token replaces an earlier one. */
const host = new Host(({ token, theme }) => {
  speakWith(token);
  applyPortalTheme(theme);
  const { iat, exp } = claimsOf(token);
  handedAt = Date.now();
  clearTimeout(wait);
  askIn((exp - iat) * 1_000 * RENEWED_AFTER, 'expiring');
  if (started) void started.queries.invalidateQueries();
  else started = start('/portal', () => { askIn(Math.max(0, handedAt + AGAIN_AFTER_MS - Date.now()), 'ended'); });
}, (named, origin) => { say(named === '' ? 'The page around this one has handed over something that is no token.' : `The token is for pages of ${named}, and this one is of ${origin}.`); });

/** Asks until there is a token: the first time the page's own server may be away. */
function begin(): void {
  if (started) return;
  host.ask('ready');
  setTimeout(begin, AGAIN_AFTER_MS);
}
if (window.parent === window) say('This page is shown inside of another one.');
else {
  wait = window.setTimeout(() => { say('Waiting until the page around this one signs you in…'); }, PATIENCE_MS);
  begin();
}
