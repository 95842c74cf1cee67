import type { ReactElement } from 'react';
import { Fact } from '../parts/fact.js';
import { Head } from '../parts/head.js';
import { applyDensity, type Density } from '../shell/density.js';
import { prefer, preference } from '../shell/preferences.js';
import { useMe } from '../shell/me.js';
import { applyTheme, theme, type Theme } from '../shell/theme.js';

/** How the console looks and behaves in this browser. */
export function Settings(): ReactElement {
  const me = useMe().data;
  return (
    <>
      <Head title="Settings">How the console looks and behaves, in this browser alone.</Head>
      <section className="panel">
        <div className="inside stack settings">
          <label className="field">
            Theme
            <select defaultValue={theme()} onChange={({ target }) => { applyTheme(target.value as Theme); }}>
              <option value="system">As the system</option>
              <option value="light">Light</option>
              <option value="dark">Dark</option>
            </select>
          </label>
          <label className="field">
            Density
            <select defaultValue={preference('density')} onChange={({ target }) => { applyDensity(target.value as Density); }}>
              <option value="comfortable">Comfortable</option>
              <option value="compact">Compact: more rows on a screen</option>
            </select>
          </label>
          <label className="field">
            Times
            <select defaultValue={preference('zone')} onChange={({ target }) => { prefer('zone', target.value === 'UTC' ? 'UTC' : 'own'); location.reload(); }}>
              <option value="own">In my zone: {Intl.DateTimeFormat().resolvedOptions().timeZone}</option>
              <option value="UTC">In UTC</option>
            </select>
          </label>
          <label className="check">
            <input type="checkbox" defaultChecked={preference('keys') === 'on'} onChange={({ target }) => { prefer('keys', target.checked ? 'on' : 'off'); }} />
            <span>Keys without a modifier: <kbd>/</kbd> opens “Find”, <kbd>?</kbd> lists all others. <kbd>Ctrl</kbd> <kbd>K</kbd> always opens “Find”.</span>
          </label>
        </div>
      </section>
      <section className="panel">
        <header><h2>About</h2></header>
        <dl className="facts inside">
          <Fact name="Nuncio">{__VERSION__}</Fact>
          <Fact name="Licence">Apache-2.0</Fact>
          <Fact name="Signed in as"><code>{me?.id}</code></Fact>
          <Fact name="Role">{me?.role}{me?.tenant != null && ` of ${me.tenant}`}</Fact>
          <Fact name="The API"><a href="/docs/">its description</a></Fact>
        </dl>
      </section>
    </>
  );
}
