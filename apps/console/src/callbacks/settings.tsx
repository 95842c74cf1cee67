import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Fact } from '../parts/fact.js';
import { Labels } from '../parts/labels.js';
import { CredentialLink } from '../parts/object-links.js';
import { duration, Time } from '../parts/time.js';

const PUBLIC: readonly string[] = ['id', 'version', 'createdAt', 'updatedAt'];

/** The settings in force: those of its profile, and its own where it has some. */
export function Settings({ callback }: { callback: Schemas['Callback'] }): ReactElement {
  const { profile, signing, authentication, envelope, timeoutMs, retry, onTokenFailure, limits, groups, labels } = callback;
  const whole = Object.fromEntries(Object.entries(callback).filter(([name]) => !PUBLIC.includes(name)));
  return (
    <section className="panel">
      <header><h2>Settings in force</h2><span className="soft">profile {profile}</span></header>
      <dl className="facts inside">
        <Fact name="Signature">{signing.scheme}{signing.oldExpiresAt !== undefined && <>, the old secret until <Time at={signing.oldExpiresAt} /></>}</Fact>
        <Fact name="Authentication">{authentication.type === 'oauth2' ? <>OAuth 2.0 with <CredentialLink id={authentication.credential} /></> : 'none'}</Fact>
        <Fact name="Envelope">{envelope}</Fact>
        <Fact name="Timeout">{duration(timeoutMs)}</Fact>
        <Fact name="Success is">{retry.successStatuses.join(', ')}</Fact>
        <Fact name="When exhausted">{retry.onExhausted === 'block' ? 'the subscription is blocked' : 'dead letter'}</Fact>
        <Fact name="When it answers 410">{retry.onGone === 'disable' ? 'the callback is disabled' : retry.onGone}</Fact>
        <Fact name="Without a token">{onTokenFailure}</Fact>
        <Fact name="In flight">{limits.concurrency} at most</Fact>
        <Fact name="A second">{limits.perSecond ?? 'any number'}</Fact>
        <Fact name="Groups">{groups.join(', ') || 'everybody of the tenant'}</Fact>
        <Fact name="Labels"><Labels of={labels} /></Fact>
      </dl>
      <div className="inside"><Plan retry={retry} /></div>
      <details className="inside">
        <summary>As JSON</summary>
        <pre className="bytes" tabIndex={0}>{JSON.stringify(whole, null, 2)}</pre>
      </details>
    </section>
  );
}

/** When each attempt is made, if all before it fail. */
function Plan({ retry: { delaysSeconds, jitter } }: { retry: Schemas['Callback']['retry'] }): ReactElement {
  if (delaysSeconds.length === 0) return <p>It is attempted once; no retries.</p>;
  const sums = delaysSeconds.map((_, i) => delaysSeconds.slice(0, i + 1).reduce((sum, delay) => sum + delay, 0));
  return (
    <>
      <h3>Attempts{jitter > 0 && `, each up to ${Math.round(jitter * 100)} % later or earlier`}</h3>
      <ol className="plan">
        <li><strong>1</strong><span className="soft">at once</span></li>
        {sums.map((seconds, i) => <li key={seconds}><strong>{i + 2}</strong><span className="soft">after {duration(seconds * 1_000)}</span></li>)}
      </ol>
    </>
  );
}
