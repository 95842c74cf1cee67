import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Copy } from '../parts/copy.js';
import { Fact } from '../parts/fact.js';
import { Labels } from '../parts/labels.js';
import { Time } from '../parts/time.js';

/** Not settings. */
const OTHERS: readonly string[] = ['id', 'version', 'createdAt', 'updatedAt', 'ownSettings'];

/** The whole callback in force, as it is saved, and what no profile has. */
export function Effective({ callback }: { callback: Schemas['Callback'] }): ReactElement {
  const { groups, labels, externalId, headers, secretHeaders, signing } = callback;
  const json = JSON.stringify(Object.fromEntries(Object.entries(callback).filter(([name]) => !OTHERS.includes(name))), null, 2);
  return (
    <section className="panel">
      <header><h2>In force</h2><span className="soft">as it is saved</span></header>
      <dl className="facts inside">
        <Fact name="Groups">{groups.join(', ') || <span className="soft">everybody of the tenant</span>}</Fact>
        <Fact name="Labels"><Labels of={labels} /></Fact>
        <Fact name="External id">{externalId ?? <span className="soft">–</span>}</Fact>
        <Fact name="Headers of its own">{[...Object.keys(headers), ...Object.keys(secretHeaders).map((name) => `${name} (sealed)`)].join(', ') || <span className="soft">none</span>}</Fact>
        {signing.oldExpiresAt !== undefined && <Fact name="The old secret signs until"><Time at={signing.oldExpiresAt} /></Fact>}
        {signing.publicKey !== undefined && <Fact name="Public key"><code>{signing.publicKey}</code></Fact>}
      </dl>
      <details className="inside">
        <summary>The whole callback as JSON</summary>
        <div className="shown">
          <div className="actions"><Copy text={json} /></div>
          <pre className="bytes" tabIndex={0} role="region" aria-label="The whole callback as JSON">{json}</pre>
        </div>
      </details>
    </section>
  );
}
