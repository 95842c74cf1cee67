import { speakWith } from '../api/client.js';
import { start, type Started } from '../start.js';
import { Host } from './host.js';
import { applyPortalTheme } from './theme.js';
import { claimsOf } from './token.js';

/** Of a token's life; then another one is asked for. */
const RENEWED_AFTER = 0.8;

let started: Started | null = null;
let renewal = 0;

/** Nothing is shown before the page around it has handed over a token. Each further one takes the place of the one before. */
const host = new Host(({ token, theme }) => {
  speakWith(token);
  applyPortalTheme(theme);
  const { iat, exp } = claimsOf(token);
  clearTimeout(renewal);
  renewal = window.setTimeout(() => { host.ask('expiring'); }, (exp - iat) * 1_000 * RENEWED_AFTER);
  if (started) void started.queries.invalidateQueries();
  else started = start('/portal', () => { host.ask('ended'); });
});
if (window.parent === window) document.body.textContent = 'This page is shown inside of another one.';
else host.ask('ready');
