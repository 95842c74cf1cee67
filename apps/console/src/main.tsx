import { applyDensity } from './shell/density.js';
import { applyTheme } from './shell/theme.js';
import { start } from './start.js';

applyTheme();
applyDensity();

/** A reader who is not signed in goes to the login page, and comes back afterwards. */
start('/console', ({ router, queries }) => {
  if (!location.pathname.endsWith('/login')) void router.navigate({ to: '/login', search: { to: router.state.location.href, ended: queries.getQueryData(['me']) !== undefined } });
});
