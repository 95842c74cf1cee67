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
  askIn((exp - iat) * 1_000 * RENEWED_AFTER, 'expiring');
  if (started) void started.queries.invalidateQueries();
  else started = start('/portal', () => { askIn(Math.max(0, handedAt + AGAIN_AFTER_MS - Date.now()), 'ended'); });
});
if (window.parent === window) document.body.textContent = 'This page is shown inside of another one.';
else host.ask('ready');
