import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { Id } from '../parts/copy.js';

/** What followed from an edit: a new secret, which is shown once, and approvals that were taken back. */
export function SavedSettings({ answer: { signing: { secret }, approvalTakenBack }, onClose }: { answer: Schemas['UpdateCallbackAnswer']; onClose: () => void }): ReactElement {
  return (
    <>
      {secret !== undefined && <p>It signs with a new secret, which is shown this once: <Id of={secret} /> Give it to the receiver.</p>}
      {approvalTakenBack.length > 0 && (
        <>
          <p>It calls another receiver now, so these subscriptions have to be verified and approved again:</p>
          <ul className="lines">{approvalTakenBack.map(({ subscription, from, to }) => <li key={subscription}><Link to="/subscriptions/$id" params={{ id: subscription }}>{subscription}</Link> <span className="soft">{from} → {to}</span></li>)}</ul>
        </>
      )}
      <div className="actions"><button type="button" className="primary" onClick={onClose}>{secret === undefined ? 'Close' : 'I have it'}</button></div>
    </>
  );
}
